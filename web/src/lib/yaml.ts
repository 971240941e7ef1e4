// Plain values as YAML, for documents people copy. Only writes: files are read by the server.
type Plain = null | undefined | boolean | number | string | Plain[] | { [key: string]: Plain };

const PLAIN_TEXT = /^[A-Za-z_/][A-Za-z0-9 _./@+-]*$/;
const RESERVED = /^(true|false|yes|no|on|off|null|y|n)$/i;

function scalar(value: Exclude<Plain, Plain[] | { [key: string]: Plain }>): string {
  if (value === null || value === undefined) return "null";
  if (typeof value !== "string") return String(value);
  if (PLAIN_TEXT.test(value) && !RESERVED.test(value) && !value.endsWith(" ")) return value;
  // A JSON string is a YAML string.
  return JSON.stringify(value);
}

/** Several lines that a block keeps as they are: a block would lose leading spaces, further line ends and control characters. */
function isBlock(text: string): boolean {
  return text.includes("\n") && !/^\s|\n\n$|[^\n\t\u0020-\u007e\u00a0-\ud7ff\ue000-\ufeff]/.test(text);
}

function isEmpty(value: object): boolean {
  return Object.values(value).every((one) => one === undefined);
}

function lines(value: Plain, indent: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      if (item === null || typeof item !== "object" || isEmpty(item)) return [`${indent}- ${inline(item)}`];
      const [first, ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first?.trimStart() ?? ""}`, ...rest];
    });
  if (value !== null && typeof value === "object")
    return Object.entries(value).flatMap(([key, item]) => {
      if (item === undefined) return [];
      const name = scalar(key);
      if (typeof item === "string" && isBlock(item)) return [`${indent}${name}: ${item.endsWith("\n") ? "|" : "|-"}`, ...item.replace(/\n$/, "").split("\n").map((line) => (line === "" ? "" : `${indent}  ${line}`))];
      if (item === null || typeof item !== "object" || isEmpty(item)) return [`${indent}${name}: ${inline(item)}`];
      return [`${indent}${name}:`, ...lines(item, `${indent}  `)];
    });
  return [`${indent}${scalar(value)}`];
}

function inline(value: Plain): string {
  if (Array.isArray(value)) return "[]";
  return value !== null && typeof value === "object" ? "{}" : scalar(value);
}

/** A document as YAML text. */
export function toYaml(value: unknown): string {
  return `${lines(value as Plain, "").join("\n")}\n`;
}
