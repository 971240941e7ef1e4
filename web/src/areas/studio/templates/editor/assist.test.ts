import { expect, it } from "vitest";
import { LineCounter, parseDocument } from "yaml";
import openapi from "../../../../../openapi.json";
import { type Schema, SchemaBook, rangeOf } from "../../../../lib/json-schema";
import { readTemplate } from "../document";
import { TEMPLATE_SCHEMA, assistOf } from "./assist";
import { placeAt } from "./place";

const book = new SchemaBook(openapi.components.schemas as unknown as Record<string, Schema>, TEMPLATE_SCHEMA);
const assist = assistOf(book);

/** Splits a text at `|`, where the cursor is. */
function at(text: string): [string, number] {
  const offset = text.indexOf("|");
  return [text.slice(0, offset) + text.slice(offset + 1), offset];
}
const labels = (text: string) => assist.complete(...at(text))?.options.map((option) => option.label) ?? [];

it("finds its place in text that is half written", () => {
  expect(placeAt(...at("spec:\n  versions:\n    - version: 1\n      inp|"))).toMatchObject({ path: ["spec", "versions", 0], part: "key" });
  expect(placeAt(...at("spec:\n  versions:\n  - version: 1\n  - state: |"))).toMatchObject({ path: ["spec", "versions", 1, "state"], part: "value" });
  expect(placeAt(...at("spec:\n  versions:\n  - version: 1\n  workload: s|"))).toMatchObject({ path: ["spec", "workload"], part: "value" });
  expect(placeAt(...at("spec:\n  versions: []\n|"))).toMatchObject({ path: [], part: "key" });
});

it("stays silent in scripts and comments", () => {
  expect(placeAt(...at("spec:\n  x: >-\n    set -e\n    na|"))).toBeUndefined();
  expect(placeAt(...at("spec:\n  # ty|"))).toBeUndefined();
  const script = "spec:\n  x: \u007c\n    echo\n  ty";
  expect(placeAt(script, script.length)).toMatchObject({ path: ["spec"], part: "key" });
});

it("offers the names that are free, and what a name may be", () => {
  const text = "spec:\n  target_type: process\n  versions:\n    - version: 1.0.0\n      inputs:\n        - name: port\n          type: integer\n          |";
  expect(labels(text)).toContain("min");
  expect(labels(text)).not.toContain("type");
  expect(labels("spec:\n  versions:\n    - inputs:\n        - type: |")).toEqual(expect.arrayContaining(["multi_choice", "secret"]));
  expect(labels("spec:\n  versions:\n    - state: |")).toEqual(["draft", "active", "deprecated", "disabled"]);
  expect(labels("spec:\n  versions:\n    - inputs:\n        - required: |")).toEqual(["true", "false"]);
});

it("explains the name under the cursor with the server's words", () => {
  const text = "spec:\n  versions:\n    - inputs:\n        - name: port\n          min_length: 3\n";
  const found = assist.explain(text, text.indexOf("min_length") + 2);
  expect(found?.text).toContain("Fewest characters");
  expect(found?.title).toBe("spec › versions › inputs › min_length");
});

it("marks what is misspelt, of the wrong type or missing, at the very words", () => {
  const text = "metadata: {name: lab}\nspec:\n  target_type: process\n  workload: servise\n  versions:\n    - version: 1.0.0\n      inptus: []\n      endpoints:\n        - name: web\n          title: Open\n          port: many\n    - state: draft\n";
  const parsed = readTemplate(text, book);
  const found = parsed.problems.map((mark) => [text.slice(mark.from, mark.to), mark.message]);
  expect(found).toEqual([
    ["servise", expect.stringContaining("“service”")],
    ["inptus", expect.stringContaining("Is “inputs” meant?")],
    ["many", "This must be a whole number."],
    ["state: draft", "“version” is missing here."],
  ]);
});

it("accepts every shape the server itself writes", () => {
  const text = "metadata: {name: lab}\nspec:\n  target_type: process\n  workload: service\n  versions:\n    - version: 1.0.0\n      inputs:\n        - {name: size, type: size, default: 20GiB, min: 1, order: 3, schema: {type: object}, options_from: null}\n      process: {command: [lab], environment: {A: b}, network: host}\n      readiness: {endpoint: web, timeout_seconds: 30}\n";
  expect(readTemplate(text, book).problems).toEqual([]);
});

it("points to the nearest thing there is", () => {
  const lines = new LineCounter();
  const text = "spec:\n  versions:\n    - version: 1.0.0\n";
  const range = rangeOf(parseDocument(text, { lineCounter: lines }), lines, ["spec", "versions", 0, "process", "command"]);
  expect(range.line).toBeGreaterThan(1);
});
