// A real server of its own for one run: a fresh data folder, a free port, simulated GPUs, and the first admin's link.
import { execFile, spawn } from "node:child_process";
import { access, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Long enough for a debug build on a busy machine. */
const READY_WITHIN_MS = 60_000;

/** The server as `cargo build` makes it, unless the caller names another. */
function binary() {
  return process.env.WARPYARD_BINARY ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(REPOSITORY, "target"), "debug/warpyard");
}

export class Server {
  #process;
  #folder;
  #log = [];

  /** Where people reach the console, such as `http://localhost:41235`. */
  url;
  /** The one-time link that makes the first administrator. */
  setupLink;

  static async start() {
    const program = binary();
    await access(program).catch(() => {
      throw new Error(`there is no server at ${program}: run \`cargo build\`, or set WARPYARD_BINARY`);
    });
    const server = new Server();
    server.#folder = await mkdtemp(path.join(tmpdir(), "warpyard-e2e-"));
    await server.#run("127.0.0.1:0");
    return server;
  }

  /** Ends it, does something to its stopped data folder, and starts it again at the same address. */
  async restart(between) {
    await this.#end();
    await between(path.join(this.#folder, "data"));
    await this.#run(`127.0.0.1:${this.port}`);
  }

  async #run(listen) {
    const given = Object.entries(process.env).filter(([name]) => !name.startsWith("WARPYARD_"));
    const data = path.join(this.#folder, "data");
    this.#process = spawn(binary(), ["serve", "--data-dir", data, "--listen", listen, "--simulate-gpus", "A100-80GB:4", "--cpu-millis", "16000", "--memory-bytes", String(64 * 1024 ** 3)], {
      cwd: REPOSITORY,
      env: { ...Object.fromEntries(given), NO_COLOR: "1", WARPYARD_ALLOW_PRIVATE_PROVIDERS: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await this.#untilReady();
  }

  #untilReady() {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server was not ready in time:\n${this.log()}`)), READY_WITHIN_MS);
      this.#process.once("error", reject);
      this.#process.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${this.log()}`)));
      let started = false;
      const read = (line) => {
        this.#log.push(line);
        const ready = /^Warpyard is ready at (http:\S+)/.exec(line)?.[1];
        // Only the first start has a link to set it up.
        this.setupLink ??= /(http:\S+\/setup#token=\S+)/.exec(line)?.[1];
        started ||= ready !== undefined;
        this.url = ready ?? this.url;
        if (started && this.setupLink) {
          clearTimeout(late);
          resolve();
        }
      };
      createInterface({ input: this.#process.stdout }).on("line", read);
      createInterface({ input: this.#process.stderr }).on("line", read);
    });
  }

  /** The last lines the server wrote, for failures. */
  log() {
    return this.#log.slice(-60).join("\n");
  }

  /** Whether any line it wrote contains a text. */
  wrote(text) {
    return this.#log.some((line) => line.includes(text));
  }

  get port() {
    return new URL(this.url).port;
  }

  /** A request of the API with a token, as a program would make it. */
  async api(token, method, address, body) {
    const answer = await fetch(`${this.url}/api/v1${address}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address} answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** The command line with a token; answers with what it printed. */
  command(token, words, input = "") {
    return new Promise((resolve, reject) => {
      const environment = { PATH: process.env.PATH, HOME: this.#folder, NO_COLOR: "1", WARPYARD_URL: this.url, WARPYARD_TOKEN: token };
      const child = execFile(binary(), words, { env: environment }, (error, output, complaints) => {
        if (error) reject(new Error(`warpyard ${words.join(" ")} failed: ${complaints}`));
        else resolve(output);
      });
      child.stdin.end(input);
    });
  }

  /** Ends it as an operator would, ends what a failed run has left running, and takes its data away. */
  async stop() {
    await this.#end();
    await this.#endInstances();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }

  /** Instances outlive their server on purpose. Those of this run are known by its folder in their command line. */
  async #endInstances() {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
      if (words[1] === "internal-shim" && words.some((word) => word.startsWith(`${this.#folder}/`))) process.kill(Number(pid), "SIGTERM");
    }
  }
}
