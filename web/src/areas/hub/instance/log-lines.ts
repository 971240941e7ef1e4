// Text that arrives in pieces, as lines with a limit.
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** How many lines the page keeps. */
export const KEPT_LINES = 10_000;

export class LineBuffer {
  lines: string[] = [];
  dropped = 0;
  private open = false;

  constructor(private readonly limit = KEPT_LINES) {}

  /** Adds a piece; its last line may go on with the next piece. */
  add(text: string): void {
    const parts = text.replace(ESCAPES, "").split("\n");
    parts.forEach((part, index) => {
      // A lone carriage return draws over the line, as progress bars do.
      const drawn = part.replace(/\r+$/, "");
      const line = drawn.slice(drawn.lastIndexOf("\r") + 1);
      if (index === 0 && this.open) this.lines[this.lines.length - 1] += line;
      else if (index < parts.length - 1 || part !== "") this.lines.push(line);
    });
    this.open = parts.at(-1) !== "";
    const extra = this.lines.length - this.limit;
    if (extra > 0) {
      this.lines.splice(0, extra);
      this.dropped += extra;
    }
  }

  clear(): void {
    this.lines = [];
    this.dropped = 0;
    this.open = false;
  }
}

export type LogLevel = "error" | "warning" | "plain";

/** How loud a line is, from the words programs usually write. */
export function levelOf(line: string): LogLevel {
  if (/\b(ERROR|CRITICAL|FATAL|Traceback|panicked)\b|^\[E /.test(line)) return "error";
  return /\b(WARN|WARNING)\b|^\[W /.test(line) ? "warning" : "plain";
}
