// Completion and explanation of a template's YAML, from the schema the server publishes.
import { isMap, isScalar, parseDocument } from "yaml";
import { type PathPart, type Schema, SchemaBook } from "../../../../lib/json-schema";
import type { Assist, Suggestion } from "../../../../ui/editor-assist";
import { nodeAt, placeAt } from "./place";

/** The body of requests that make or change a template. */
export const TEMPLATE_SCHEMA = "EnvironmentTemplateDraft";

export function assistOf(book: SchemaBook): Assist {
  return {
    complete(text, at) {
      const place = placeAt(text, at);
      const schema = place && book.at(place.path);
      if (!place || !schema) return undefined;
      if (place.part === "value") return { from: place.from, options: book.options(schema).map(({ value, description }) => ({ label: value, detail: "", info: description, insert: value })) };
      if (schema.properties) return { from: place.from, options: keysOf(book, schema, presentAt(text, at, place.path), place.column) };
      // Inside a list: an entry begins with its dash.
      if (schema.items && !text.slice(0, at).endsWith("- ")) return { from: place.from, options: [{ label: "- ", detail: "", info: schema.description ?? "", insert: "- " }] };
      const options = schema.items ? [] : book.options(schema);
      return { from: place.from, options: options.map(({ value, description }) => ({ label: value, detail: "", info: description, insert: value })) };
    },
    explain(text, at) {
      const node = nodeAt(text, at);
      const schema = node && book.at(node.path);
      if (!node || !schema) return undefined;
      const words = [schema.description ?? "", ...valuesText(book, schema)].filter(Boolean).join("\n");
      return words ? { from: node.from, to: node.to, title: pathText(node.path), text: words } : undefined;
    },
  };
}

function keysOf(book: SchemaBook, schema: Schema, present: Set<string>, column: number): Suggestion[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !present.has(name))
    .map(([name, raw]) => {
      const below = book.resolve(raw);
      const required = schema.required?.includes(name) ?? false;
      const indent = " ".repeat(column + 2);
      const start = below.items ? `\n${indent}- ` : below.properties ? `\n${indent}` : " ";
      return { label: name, detail: required ? "required" : "", info: below.description ?? "", insert: `${name}:${start}`, first: required };
    });
}

/** The names that the map the cursor is in has already, except the one being written. */
function presentAt(text: string, at: number, path: PathPart[]): Set<string> {
  const document = parseDocument(text, { prettyErrors: false });
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const names = isMap(node) ? node.items.filter((pair) => isScalar(pair.key) && !(pair.key.range && at >= pair.key.range[0] && at <= pair.key.range[1])).map((pair) => String((pair.key as { value: unknown }).value)) : [];
  return new Set(names);
}

const pathText = (path: PathPart[]) => path.filter((part) => typeof part === "string").join(" › ");

function valuesText(book: SchemaBook, schema: Schema): string[] {
  const options = book.options(schema);
  const lines = options.map(({ value, description }) => (description ? `${value}: ${description}` : value));
  return [...(options.length > 0 ? [lines.join("\n")] : []), ...(schema.default !== undefined && typeof schema.default !== "object" ? [`Otherwise: ${String(schema.default)}`] : [])];
}
