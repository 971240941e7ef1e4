// Where in a YAML text the cursor stands. Works on text that is half written, where a parser would give up.
import { isMap, isScalar, parseDocument } from "yaml";
import type { PathPart } from "../../../../lib/json-schema";

export interface Place {
  /** Of what is being written: of the value where one stands or may stand after `name:`, else of the map it is in. */
  path: PathPart[];
  part: "key" | "value";
  /** Where the word being written begins. */
  from: number;
  /** The columns in front of the word. */
  column: number;
}

interface Level {
  column: number;
  part: PathPart;
}

const DASH = /^-(\s+|$)/;
const KEY = /^("[^"]*"|'[^']*'|[^\s#&*!|>%@`{["'-][^:#]*?)\s*:(\s|$)/;
const BLOCK = /(^|\s)[|>][+-]?\d?\s*(#.*)?$/;

export function placeAt(text: string, offset: number): Place | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const levels: Level[] = [];
  let block: number | undefined;
  const above = start === 0 ? [] : text.slice(0, start - 1).split("\n");
  for (const line of above) {
    const indent = line.search(/\S/);
    if (indent === -1 || (block === undefined && line.trimStart().startsWith("#"))) continue;
    if (block !== undefined && indent > block) continue;
    block = undefined;
    enter(levels, line);
    if (BLOCK.test(line)) block = levels.at(-1)?.column ?? 0;
  }
  const typed = text.slice(start, offset);
  const indent = typed.search(/\S/);
  if (block !== undefined && (indent === -1 ? typed.length : indent) > block) return undefined;
  if (typed.includes("#") && /(^|\s)#/.test(typed)) return undefined;
  const rest = enter(levels, typed);
  const column = indent === -1 ? typed.length : typed.length - rest.length;
  const afterKey = /:\s+$/.test(typed.slice(0, column));
  if (afterKey) return { path: levels.map((level) => level.part), part: "value", from: start + column, column };
  while ((levels.at(-1)?.column ?? -1) >= column) levels.pop();
  return { path: levels.map((level) => level.part), part: "key", from: start + column, column };
}

/** Walks over a line's dashes and its key; answers with what is left of it. */
function enter(levels: Level[], line: string): string {
  let column = Math.max(line.search(/\S/), 0);
  let rest = line.slice(column);
  if (rest === "" || line.search(/\S/) === -1) return "";
  for (let dash = DASH.exec(rest); dash; dash = DASH.exec(rest)) {
    // A list may stand at its name's own column.
    while ((levels.at(-1)?.column ?? -1) > column) levels.pop();
    const top = levels.at(-1);
    if (top?.column === column && typeof top.part === "number") top.part += 1;
    else levels.push({ column, part: 0 });
    column += dash[0].length;
    rest = rest.slice(dash[0].length);
  }
  const key = KEY.exec(rest);
  if (!key?.[1]) return rest;
  while ((levels.at(-1)?.column ?? -1) >= column) levels.pop();
  levels.push({ column, part: key[1].replace(/^["']|["']$/g, "") });
  return rest.slice(key[0].length);
}

/** The path of what stands under a position, and whether that is its key, in text that can be read. */
export function nodeAt(text: string, offset: number): { path: PathPart[]; from: number; to: number } | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  let found: { path: PathPart[]; from: number; to: number } | undefined;
  const walk = (node: unknown, path: PathPart[]): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isScalar(pair.key) || !pair.key.range) continue;
        const key = String(pair.key.value);
        const end = (pair.value as { range?: [number, number, number] } | null)?.range?.[1] ?? pair.key.range[1];
        if (offset < pair.key.range[0] || offset > Math.max(end, pair.key.range[1])) continue;
        found = { path: [...path, key], from: pair.key.range[0], to: pair.key.range[1] };
        walk(pair.value, [...path, key]);
      }
    } else if (typeof node === "object" && node !== null && "items" in node && Array.isArray(node.items)) {
      node.items.forEach((item: { range?: [number, number, number] } | null, index: number) => {
        if (item?.range && offset >= item.range[0] && offset <= item.range[1]) walk(item, [...path, index]);
      });
    }
  };
  walk(document.contents, []);
  return found;
}
