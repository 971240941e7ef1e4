// Chromium of this machine, one context per person, and a guard over everything the console's pages do.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What a step may take. Only the first JupyterLab is given more, because its environment is made then. */
export const PATIENCE_MS = 15_000;

export async function launchBrowser() {
  const executablePath = process.env.CHROMIUM_PATH ?? PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error(`there is no Chromium at ${PLACES.join(", ")}; install it or set CHROMIUM_PATH`);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The same letters on every machine's screenshots.
      "--font-render-hinting=none",
    ],
  });
}

/** Collects what must not happen on the console's pages: errors in the console, and requests to anywhere else. */
export class Guard {
  #server;
  #problems = [];
  #policies = new Set();
  #expected = [];

  constructor(server) {
    this.#server = new URL(server.url);
  }

  /** A new person: a context with nothing in it, watched from its first page on. */
  async person(browser, { colorScheme = "light", viewport = { width: 1440, height: 900 } } = {}) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "UTC" });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("page", (page) => this.#watch(page));
    return context;
  }

  #isApp(url) {
    return url.hostname.endsWith(".apps.localhost") && url.port === this.#server.port;
  }

  #watch(page) {
    page.on("request", (request) => {
      const url = new URL(request.url());
      const here = url.host === this.#server.host || this.#isApp(url);
      if (!here && /^(https?|wss?):$/.test(url.protocol)) this.#problems.push(`${page.url()} asked another host: ${request.url()}`);
    });
    page.on("websocket", (socket) => {
      const url = new URL(socket.url());
      if (url.host !== this.#server.host && !this.#isApp(url)) this.#problems.push(`${page.url()} opened a WebSocket to ${socket.url()}`);
    });
    page.on("response", (response) => {
      const url = new URL(response.url());
      const { "content-type": type = "", "content-security-policy": policy = "none" } = response.headers();
      // A redirect has no content that a policy could be about; a refusal below /open/ is a page of the gateway.
      if (url.host === this.#server.host && !url.pathname.startsWith("/open/") && response.request().isNavigationRequest() && type.startsWith("text/html")) {
        this.#policies.add(policy);
      }
    });
    page.on("console", (message) => {
      if (message.type() === "error") this.#report(page, `${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#report(page, String(error)));
  }

  /** What an app writes into its own console is its own affair; the console's pages are ours. */
  #report(page, text) {
    if (!URL.canParse(page.url()) || new URL(page.url()).host !== this.#server.host) return;
    const known = this.#expected.findIndex((pattern) => pattern.test(text));
    if (known >= 0) this.#expected.splice(known, 1);
    else this.#problems.push(`${page.url()}: ${text}`);
  }

  /** The browser itself reports some answers as errors, such as a 401 that a test provokes: each is announced before. */
  expect(...patterns) {
    this.#expected.push(...patterns);
  }

  problems() {
    return [...new Set(this.#problems)];
  }

  /** Every content security policy that a page of the console came with. */
  policies() {
    return [...this.#policies];
  }
}
