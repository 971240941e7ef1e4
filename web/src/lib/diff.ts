// What changed between two texts, line by line, and between two values, path by path.
import type { Json } from "../api/types";

export interface DiffLine {
  type: "same" | "added" | "removed";
  text: string;
}

/** The shortest list of line changes from `before` to `after` (longest common subsequence, common ends taken off first). */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before === "" ? [] : before.split("\n");
  const b = after === "" ? [] : after.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const same = (text: string): DiffLine => ({ type: "same", text });
  return [
    ...a.slice(0, head).map(same),
    ...diffMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function diffMiddle(a: string[], b: string[]): DiffLine[] {
  const width = b.length + 1;
  // lengths[i * width + j] is the length of the longest common subsequence of a[i..] and b[j..].
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ type: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ type: "removed", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ type: "added", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** Leaves out unchanged lines farther than `around` from a change; `null` stands where some were left out. */
export function foldSame(lines: DiffLine[], around = 3): (DiffLine | null)[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.type !== "same"));
  const folded: (DiffLine | null)[] = [];
  lines.forEach((line, index) => {
    if (near[index]) folded.push(line);
    else if (folded.at(-1) !== null) folded.push(null);
  });
  return folded;
}

export interface ValueChange {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** Every path at which two values differ; objects are entered, lists too where both have one. */
export function diffValues(before: Json | undefined, after: Json | undefined, path = ""): ValueChange[] {
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    const [x, y] = [before as Record<string, Json>, after as Record<string, Json>];
    const names = [...new Set([...Object.keys(x), ...Object.keys(y)])];
    return names.flatMap((name) => diffValues(x[name], y[name], path === "" ? name : `${path}.${name}`));
  }
  return sameValue(before, after) ? [] : [{ path, before, after }];
}

/** Equal as JSON: the order of an object's names does not count, and absent is like undefined. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, Json | undefined>, b as Record<string, Json | undefined>];
  const names = new Set([...Object.keys(x), ...Object.keys(y)]);
  return [...names].every((name) => sameValue(x[name], y[name]));
}

function isContainer(value: Json | undefined): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null;
}
