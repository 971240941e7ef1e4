// A template as a YAML document: writing it, reading it, and finding the line an error speaks about.
import { type Document, LineCounter, parseDocument, stringify } from "yaml";
import type { EnvironmentTemplate, EnvironmentTemplateSpec, FieldError } from "../../../api/types";
import { type SchemaBook, rangeOf } from "../../../lib/json-schema";
import type { Mark } from "../../../ui/CodeMirrorEditor";

export interface TemplateText {
  metadata: { name: string; display_name?: string; description?: string };
  spec: EnvironmentTemplateSpec;
}

export function writeTemplate(template: Pick<EnvironmentTemplate, "metadata" | "spec"> | TemplateText): string {
  const { name, display_name, description } = template.metadata;
  const metadata = { name, ...(display_name ? { display_name } : {}), ...(description ? { description } : {}) };
  return stringify({ metadata, spec: template.spec }, { lineWidth: 0, aliasDuplicateObjects: false });
}

export type Parsed = { template: TemplateText; document: Document; lines: LineCounter; problems: [] } | { template?: undefined; problems: [Mark, ...Mark[]] };

/** Reads the text. What is no YAML is told with its place; with the schema at hand also what is misspelt or of the wrong type. */
export function readTemplate(text: string, book?: SchemaBook): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first, ...rest] = document.errors.map((error): Mark => ({ line: lines.linePos(error.pos[0]).line, message: error.message, from: error.pos[0], to: Math.max(error.pos[1], error.pos[0] + 1) }));
  if (first) return { problems: [first, ...rest] };
  const value = document.toJS() as Partial<TemplateText> | null;
  if (typeof value !== "object" || value === null || typeof value.spec !== "object" || value.spec === null) {
    return { problems: [{ line: 1, message: "A template has metadata and a spec." }] };
  }
  const [shape, ...more] = (book?.check(document) ?? []).map(({ path, atKey, message }): Mark => ({ ...rangeOf(document, lines, path, atKey), message }));
  if (shape) return { problems: [shape, ...more] };
  return { template: { metadata: { name: "", ...value.metadata }, spec: value.spec }, document, lines, problems: [] };
}

export const keysOf = (path: string) => path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));

/** The server's errors at the very words they speak about. */
export function marksOf(text: string, errors: FieldError[]): Mark[] {
  const parsed = readTemplate(text);
  return parsed.template ? errors.map((error) => ({ ...rangeOf(parsed.document, parsed.lines, keysOf(error.path)), message: error.message })) : parsed.problems;
}

/** Changes one thing in the text and leaves the rest as it was written, comments too. Nothing (`undefined`) takes it away. */
export function editText(text: string, path: (string | number)[], value: unknown): string {
  const document = parseDocument(text);
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, document.createNode(value));
  return document.toString({ lineWidth: 0 });
}

/** The next version's name: the last number of the newest, one higher. */
export function nextVersion(versions: { version: string }[]): string {
  const newest = versions.at(-1)?.version ?? "0.0.0";
  const match = /^(.*?)(\d+)([^\d]*)$/.exec(newest);
  let next = match ? `${match[1]}${Number(match[2]) + 1}${match[3]}` : `${newest}-2`;
  while (versions.some((one) => one.version === next)) next = `${next}.1`;
  return next;
}
