import { expect, it } from "vitest";
import { editText, marksOf, nextVersion, readTemplate, writeTemplate } from "./document";

const template = {
  metadata: { name: "lab", display_name: "Lab" },
  spec: { target_type: "process" as const, workload: "service" as const, versions: [{ version: "1.0.0", state: "draft" as const, inputs: [{ name: "port", type: "integer" as const }], process: { command: ["bash", "-c", "set -e\nexec lab\n"] } }] },
};

it("writes what it reads", () => {
  const parsed = readTemplate(writeTemplate(template));
  expect(parsed.template).toEqual(template);
});

it("keeps scripts readable", () => {
  expect(writeTemplate(template)).toContain("- |\n");
});

it("finds the words of an error, or what is nearest to them", () => {
  const text = writeTemplate(template);
  const [exact] = marksOf(text, [{ path: "spec.versions.0.inputs.0.type", message: "no" }]);
  expect(text.slice(exact?.from, exact?.to)).toBe("integer");
  const [missing] = marksOf(text, [{ path: "spec.versions.0.process.restart", message: "no" }]);
  expect(text.slice(missing?.from, missing?.to)).toBe("process");
});

it("tells where text is no YAML, and when there is no spec", () => {
  expect(readTemplate("metadata:\n  name: [a\nspec: {}").problems[0]?.line).toBeGreaterThan(1);
  expect(readTemplate("just words").problems).toHaveLength(1);
});

it("changes one thing and keeps comments", () => {
  const text = "spec:\n  # why it is so\n  versions:\n    - version: 1.0.0 # first\n";
  const next = editText(text, ["spec", "versions", 0, "inputs"], [{ name: "port" }]);
  expect(next).toContain("# why it is so");
  expect(next).toContain("- name: port");
  expect(editText(next, ["spec", "versions", 0, "inputs"], undefined)).toBe(text);
});

it("suggests a version that is free", () => {
  expect(nextVersion([{ version: "1.0.0" }])).toBe("1.0.1");
  expect(nextVersion([{ version: "1.0.1" }, { version: "1.0.0" }])).toBe("1.0.1.1");
  expect(nextVersion([])).toBe("0.0.1");
});
