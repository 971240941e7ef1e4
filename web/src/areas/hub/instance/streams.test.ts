import { describe, expect, it } from "vitest";
import { LineBuffer, levelOf } from "./log-lines";
import { MetricsHistory } from "./metrics-history";

describe("LineBuffer", () => {
  it("joins pieces into lines wherever they are cut", () => {
    const buffer = new LineBuffer();
    for (const piece of ["one\ntw", "o\nth", "ree"]) buffer.add(piece);
    expect(buffer.lines).toEqual(["one", "two", "three"]);
    buffer.add("\n\nfour\n");
    expect(buffer.lines).toEqual(["one", "two", "three", "", "four"]);
  });

  it("drops colours and shows the last state of a progress bar", () => {
    const buffer = new LineBuffer();
    buffer.add("\u001b[31mred\u001b[0m\r\n10%\r50%\r100%\n");
    expect(buffer.lines).toEqual(["red", "100%"]);
  });

  it("keeps the newest lines and counts the others", () => {
    const buffer = new LineBuffer(2);
    buffer.add("a\nb\nc\nd\n");
    expect(buffer.lines).toEqual(["c", "d"]);
    expect(buffer.dropped).toBe(2);
  });

  it("tells how loud a line is", () => {
    expect(levelOf("[E 2026-01-01 ServerApp] broke")).toBe("error");
    expect(levelOf("WARNING: slow")).toBe("warning");
    expect(levelOf("no errors here")).toBe("plain");
  });
});

describe("MetricsHistory", () => {
  it("makes CPU in use of the CPU time between two readings", () => {
    const history = new MetricsHistory();
    history.add({ cpu_used_millis: 1_000, memory_bytes: 5 }, 100);
    history.add({ cpu_used_millis: 4_000, memory_bytes: 6 }, 102);
    expect(history.samples.map((sample) => sample.cpuMillis)).toEqual([undefined, 1_500]);
    expect(history.samples.map((sample) => sample.memoryBytes)).toEqual([5, 6]);
  });

  it("leaves a gap where the process was restarted", () => {
    const history = new MetricsHistory();
    history.add({ cpu_used_millis: 9_000 }, 100);
    history.add({ cpu_used_millis: 10 }, 102);
    history.add({ cpu_used_millis: null }, 104);
    expect(history.samples.map((sample) => sample.cpuMillis)).toEqual([undefined, undefined, undefined]);
  });
});
