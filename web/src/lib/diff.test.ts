import { describe, expect, it } from "vitest";
import { type DiffLine, diffLines, diffValues, foldSame, sameValue } from "./diff";

const side = (lines: DiffLine[], without: DiffLine["type"]) =>
  lines
    .filter((line) => line.type !== without)
    .map((line) => line.text)
    .join("\n");

describe("diffLines", () => {
  it("rebuilds both texts from its lines, for many random pairs", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 300; round += 1) {
      const text = () => Array.from({ length: 1 + random(12) }, () => "abcd"[random(4)]).join("\n");
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after);
      expect(side(lines, "added")).toBe(before);
      expect(side(lines, "removed")).toBe(after);
    }
  });

  it("changes as little as possible", () => {
    expect(diffLines("a\nb\nc", "a\nx\nc").map((line) => line.type)).toEqual(["same", "removed", "added", "same"]);
    expect(diffLines("a\nb", "a\nb").every((line) => line.type === "same")).toBe(true);
    expect(diffLines("", "a")).toEqual([{ type: "added", text: "a" }]);
  });
});

it("folds what is far from a change into one mark", () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i}`).join("\n");
  const folded = foldSame(diffLines(before, before.replace("line 10", "changed")), 1);
  expect(folded.map((line) => line?.text ?? null)).toEqual([null, "line 9", "line 10", "changed", "line 11", null]);
});

describe("values", () => {
  it("names every path that differs", () => {
    const changes = diffValues({ a: { b: 1, c: [1, 2] }, d: true }, { a: { b: 2, c: [1] }, d: true, e: null });
    expect(changes).toEqual([
      { path: "a.b", before: 1, after: 2 },
      { path: "a.c.1", before: 2, after: undefined },
      { path: "e", before: undefined, after: null },
    ]);
  });

  it("ignores the order of names and the difference between absent and undefined", () => {
    expect(sameValue({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(sameValue({ a: 1 }, { a: 1, b: undefined as never })).toBe(true);
    expect(sameValue([1, 2], [2, 1])).toBe(false);
    expect(sameValue({}, [])).toBe(false);
  });
});
