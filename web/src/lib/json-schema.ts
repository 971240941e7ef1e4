// Reads the server's own JSON Schemas: what may stand at a path, what it means, and where a document's shape breaks them.
import { type Document, type LineCounter, isAlias, isMap, isNode, isScalar, isSeq, type Node } from "yaml";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export type PathPart = string | number;
export interface Option {
  value: string;
  description: string;
}
export interface ShapeError {
  path: PathPart[];
  /** The key itself is wrong, not its value. */
  atKey: boolean;
  message: string;
}

/** The schemas of one OpenAPI document. */
export class SchemaBook {
  readonly #schemas: Record<string, Schema>;
  readonly #root: string;

  constructor(schemas: Record<string, Schema>, root: string) {
    this.#schemas = schemas;
    this.#root = root;
  }

  /** The schema itself: references followed, `or null` taken off; words at the reference win over those at its target. */
  resolve(schema: Schema): Schema {
    if (schema.$ref) {
      const target = this.#schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {};
      return this.resolve({ ...target, ...(schema.description ? { description: schema.description } : {}), ...("default" in schema ? { default: schema.default } : {}) });
    }
    const parts = schema.anyOf?.filter((part) => part.type !== "null");
    if (parts?.length === 1 && parts[0]) return this.resolve({ ...parts[0], ...(schema.description ? { description: schema.description } : {}) });
    return schema;
  }

  /** What may stand at a path; absent where the schema says nothing about it. */
  at(path: PathPart[]): Schema | undefined {
    let here: Schema | undefined = this.resolve(this.#schemas[this.#root] ?? {});
    for (const part of path) {
      const next: Schema | undefined = typeof part === "number" ? here.items : (here.properties?.[part] ?? (typeof here.additionalProperties === "object" ? here.additionalProperties : undefined));
      if (!next) return undefined;
      here = this.resolve(next);
    }
    return here;
  }

  /** The values to choose from, where there are few. */
  options(schema: Schema): Option[] {
    const kinds = kindsOf(schema);
    if (kinds.includes("boolean")) return [true, false].map((value) => ({ value: String(value), description: "" }));
    const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].map((variant) => this.resolve(variant));
    const named = variants.filter((variant) => variant.const !== undefined).map((variant) => ({ value: String(variant.const), description: variant.description ?? "" }));
    const listed = [schema, ...variants].flatMap((variant) => (variant.enum ?? []).map((value) => ({ value: String(value), description: "" })));
    return [...named, ...listed];
  }

  /** Every place where a document's shape is not the schema's. Variants with bodies are left to the server. */
  check(document: Document): ShapeError[] {
    const errors: ShapeError[] = [];
    this.#checkNode(document.contents as Node | null, this.at([]) ?? {}, [], errors);
    return errors;
  }

  #checkNode(node: unknown, schema: Schema, path: PathPart[], errors: ShapeError[]): void {
    if (!isNode(node) || isAlias(node)) return;
    const wrong = (message: string) => errors.push({ path, atKey: false, message });
    const kinds = kindsOf(schema);
    if (schema.properties || (kinds.includes("object") && typeof schema.additionalProperties === "object")) {
      if (isScalar(node) && node.value === null) return;
      if (!isMap(node)) return void wrong("This must have names and values below it.");
      this.#checkMap(node, schema, path, errors);
    } else if (schema.items) {
      if (isScalar(node) && node.value === null) return;
      if (!isSeq(node)) return void wrong("This must be a list: one entry a line, each after `- `.");
      const items = this.resolve(schema.items);
      node.items.forEach((item, index) => this.#checkNode(item, items, [...path, index], errors));
    } else if (isScalar(node)) {
      const options = this.options(schema);
      const { value } = node;
      if (value === null || value === undefined) return;
      if (options.length > 0 && !(schema.anyOf ?? schema.oneOf ?? []).some((variant) => this.resolve(variant).const === undefined && !this.resolve(variant).enum)) {
        if (!options.some((option) => option.value === String(value))) wrong(`This must be ${options.map((option) => `“${option.value}”`).join(", ")}.`);
      } else if (kinds.length > 0 && !kinds.includes(kindOf(value)) && !(kinds.includes("number") && kindOf(value) === "integer")) {
        wrong(`This must be ${kinds.filter((kind) => kind !== "null").map((kind) => WORDS[kind] ?? kind).join(" or ")}${kinds.includes("string") ? "; put it in quotes" : ""}.`);
      }
    } else if (kinds.length > 0 && !kinds.includes("object") && !kinds.includes("array")) {
      wrong(`This must be ${kinds.map((kind) => WORDS[kind] ?? kind).join(" or ")}.`);
    }
  }

  #checkMap(node: Node & { items: { key: unknown; value: unknown }[] }, schema: Schema, path: PathPart[], errors: ShapeError[]): void {
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      seen.add(key);
      const below = schema.properties?.[key] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined);
      if (below) this.#checkNode(pair.value, this.resolve(below), [...path, key], errors);
      else if (schema.additionalProperties === false) errors.push({ path: [...path, key], atKey: true, message: unknownKey(key, Object.keys(schema.properties ?? {})) });
    }
    for (const name of schema.required ?? []) if (!seen.has(name)) errors.push({ path, atKey: true, message: `“${name}” is missing here.` });
  }
}

const WORDS: Record<string, string> = { string: "text", integer: "a whole number", number: "a number", boolean: "true or false", object: "names and values", array: "a list" };

const kindsOf = (schema: Schema): string[] => (schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type]);

function kindOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return Number.isInteger(Number(value)) ? "integer" : "number";
  return typeof value;
}

function unknownKey(key: string, known: string[]): string {
  const near = known.map((name) => [distance(key, name), name] as const).sort((a, b) => a[0] - b[0])[0];
  return near && near[0] <= Math.max(1, Math.floor(key.length / 3)) ? `There is no “${key}” here. Is “${near[1]}” meant?` : `There is no “${key}” here.`;
}

/** How many letters must be changed, added, taken away or swapped with their neighbour to make one word the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Infinity;
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1), swapped);
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

export interface Range {
  from: number;
  to: number;
  /** From 1. */
  line: number;
}

/** Where a path stands in the text: its value where that is short, else its key; the nearest thing there is where it is missing. */
export function rangeOf(document: Document, lines: LineCounter, path: PathPart[], atKey = false): Range {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const exact = length === path.length;
    const parent: unknown = length === 1 ? document.contents : document.getIn(part.slice(0, -1), true);
    const last = part.at(-1);
    const pair = isMap(parent) ? parent.items.find((one) => (isScalar(one.key) ? String(one.key.value) : String(one.key)) === String(last)) : undefined;
    const value: unknown = document.getIn(part, true);
    const node = pair && (atKey || !exact || !isScalar(value) || value.value === null || !value.range) ? pair.key : value;
    if (!isNode(node) || !node.range) continue;
    const [from, end] = node.range;
    const line = lines.linePos(from).line;
    const nextLine = lines.lineStarts[line];
    // One line is enough to see where it is.
    return { from, to: Math.max(from + 1, nextLine === undefined ? end : Math.min(end, nextLine - 1)), line };
  }
  return { from: 0, to: 1, line: 1 };
}
