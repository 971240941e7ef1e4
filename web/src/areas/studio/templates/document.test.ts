import { expect, it } from "vitest";
import { marksOf, nextVersion, readTemplate, writeTemplate } from "./document";

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

it("finds the line of an error, or of what is nearest to it", () => {
  const text = writeTemplate(template);
  const line = text.split("\n").findIndex((one) => one.includes("type: integer")) + 1;
  expect(marksOf(text, [{ path: "spec.versions.0.inputs.0.type", message: "no" }])).toEqual([{ line, message: "no" }]);
  expect(marksOf(text, [{ path: "spec.versions.0.inputs.0.default", message: "no" }])[0]?.line).toBe(line - 1);
});

it("tells where text is no YAML, and when there is no spec", () => {
  expect(readTemplate("metadata:\n  name: [a\nspec: {}").problem?.line).toBeGreaterThan(1);
  expect(readTemplate("just words").problem).toBeDefined();
});

it("suggests a version that is free", () => {
  expect(nextVersion([{ version: "1.0.0" }])).toBe("1.0.1");
  expect(nextVersion([{ version: "1.0.1" }, { version: "1.0.0" }])).toBe("1.0.1.1");
  expect(nextVersion([])).toBe("0.0.1");
});
