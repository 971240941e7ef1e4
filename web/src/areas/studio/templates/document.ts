// A template as a YAML document: writing it, reading it, and finding the line an error speaks about.
import { LineCounter, isNode, parseDocument, stringify } from "yaml";
import type { EnvironmentTemplate, EnvironmentTemplateSpec, FieldError } from "../../../api/types";
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

export type Parsed = { template: TemplateText; lineOf: (path: string) => number; problem?: undefined } | { template?: undefined; problem: Mark };

/** Reads the text; what is no YAML is told with its line. The server checks everything else. */
export function readTemplate(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) return { problem: { line: lines.linePos(error.pos[0]).line, message: error.message } };
  const value = document.toJS() as Partial<TemplateText> | null;
  if (typeof value !== "object" || value === null || typeof value.spec !== "object" || value.spec === null) {
    return { problem: { line: 1, message: "A template has metadata and a spec." } };
  }
  const lineOf = (path: string): number => {
    const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    // The nearest thing that is there: an error may speak about what is missing.
    for (let length = keys.length; length > 0; length -= 1) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  return { template: { metadata: { name: "", ...value.metadata }, spec: value.spec }, lineOf };
}

/** The server's errors at their lines. */
export function marksOf(text: string, errors: FieldError[]): Mark[] {
  const parsed = readTemplate(text);
  return parsed.template ? errors.map((error) => ({ line: parsed.lineOf(error.path), message: error.message })) : [parsed.problem];
}

/** The next version's name: the last number of the newest, one higher. */
export function nextVersion(versions: { version: string }[]): string {
  const newest = versions.at(-1)?.version ?? "0.0.0";
  const match = /^(.*?)(\d+)([^\d]*)$/.exec(newest);
  let next = match ? `${match[1]}${Number(match[2]) + 1}${match[3]}` : `${newest}-2`;
  while (versions.some((one) => one.version === next)) next = `${next}.1`;
  return next;
}
