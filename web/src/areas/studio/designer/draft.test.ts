import { expect, it } from "vitest";
import type { ComputeProfileSpec } from "../../../api/types";
import { changedByHand, changesBetween, cleanSpec, countProblems, emptyDraft, partOf, readAmount, readCores, sameDraft, showCores } from "./draft";

const spec = emptyDraft("ComputeProfile").spec as ComputeProfileSpec;

it("sees no change between absent and empty parts", () => {
  const draft = { title: "a", description: "", spec };
  expect(sameDraft(draft, { ...draft, spec: { ...spec, inputs: [], presets: [] } })).toBe(true);
  expect(sameDraft(draft, { ...draft, spec: { ...spec, price: { per_hour: "1" } } })).toBe(false);
  expect(sameDraft(draft, { ...draft, title: "b" })).toBe(false);
});

it("sends nothing that says nothing, and keeps false, zero and empty lists inside values", () => {
  const cleaned = cleanSpec({ ...spec, target: undefined as never, inputs: [{ name: "a", hidden: false, value: [] }], presets: [] });
  expect(cleaned).not.toHaveProperty("target");
  expect(cleaned).not.toHaveProperty("presets");
  expect(cleaned.inputs).toEqual([{ name: "a", hidden: false, value: [] }]);
});

it("names what changed since another version, but not its origin", () => {
  const shipped = { ...spec, parent: { name: "gpu", version: "1", as_shipped: true } };
  const changed = changedByHand({ ...shipped, price: { per_hour: "2" } });
  expect(changed.parent).toEqual({ name: "gpu", version: "1", as_shipped: false });
  expect(changesBetween(shipped, changed).map((change) => change.path)).toEqual(["price"]);
});

it("names changes of inputs by their names, wherever their rules stand, and once for each thing", () => {
  const before = { ...spec, inputs: [{ name: "a", hidden: true }, { name: "b", choices: [{ value: 1 }, { value: 2 }, { value: 3 }] }] };
  const after = { ...spec, inputs: [{ name: "b", choices: [{ value: 3 }], value: 3 }, { name: "a", hidden: true }] };
  expect(changesBetween(before, after).map((change) => change.path)).toEqual(["inputs.b.choices", "inputs.b.value"]);
  expect(changesBetween(before, { ...spec, inputs: [] }).map((change) => change.path)).toEqual(["inputs.a", "inputs.b"]);
});

it("puts errors to the part where they can be mended", () => {
  expect(["metadata.name", "spec.card.icon", "spec.size.cpu_millis", "spec.template", "spec.compute.auto_create", "spec.inputs.0.value", "spec.presets.1.name", "spec.price.per_hour", "spec.sharing.projects.0"].map(partOf)).toEqual([
    "card", "card", "environment", "environment", "environment", "inputs", "presets", "rules", "rules",
  ]);
  expect(countProblems([{ path: "spec.inputs.0.value", message: "" }, { path: "spec.inputs.1.min", message: "" }]).get("inputs")).toBe(2);
});

it("reads and shows amounts, leaving expressions alone", () => {
  expect([readCores("0.5"), readCores("{{ inputs.cpu }}"), readCores("")]).toEqual([500, "{{ inputs.cpu }}", ""]);
  expect([showCores(1500), showCores("{{ inputs.cpu }}"), showCores("2000")]).toEqual(["1.5", "{{ inputs.cpu }}", "2"]);
  expect([readAmount("4"), readAmount("{{ inputs.n }}"), readAmount("16GiB")]).toEqual([4, "{{ inputs.n }}", "16GiB"]);
});
