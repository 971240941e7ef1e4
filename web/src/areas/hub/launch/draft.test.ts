import { describe, expect, it } from "vitest";
import { answerForm } from "../../../../mock/form";
import { Store } from "../../../../mock/store";
import type { FormAnswer } from "../../../api/types";
import { type LaunchDraft, hasSensitive, launchBody, launchCommand, launchYaml } from "./draft";

const answer = answerForm(new Store(), "ServiceProfile", "jupyterlab", { inputs: {}, compute_inputs: {} }) as FormAnswer;
const draft: LaunchDraft = {
  kind: "ServiceProfile",
  profile: "jupyterlab",
  name: "nb-1",
  displayName: "My notebook",
  scope: { org: "acme", project: "vision", workspace: "research" },
  inputs: { packages: ["numpy", "torch"], environment: { A: "1", B: "it's" }, token: "hunter2", python: "3.12", git: null },
  computeInputs: { memory: 17179869184 },
};

describe("a launch", () => {
  it("sends what was given and nothing else", () => {
    expect(launchBody(draft)).toEqual({
      metadata: { name: "nb-1", display_name: "My notebook" },
      spec: {
        profile: { name: "jupyterlab" },
        compute_inputs: { memory: 17179869184 },
        inputs: { packages: ["numpy", "torch"], environment: { A: "1", B: "it's" }, token: "hunter2", python: "3.12" },
      },
    });
  });

  it("uses an existing compute instead of making one", () => {
    expect(launchBody({ ...draft, compute: "gpu", home: "shared" }).spec).toMatchObject({ compute: "gpu", profile: { name: "jupyterlab", project: "shared" } });
    expect(launchBody({ ...draft, compute: "gpu" }).spec).not.toHaveProperty("compute_inputs");
  });

  it("becomes a command that a shell reads back", () => {
    expect(launchCommand(draft, answer).split(" \\\n  ")).toEqual([
      "warpyard launch",
      "jupyterlab",
      "--org acme",
      "--project vision",
      "--workspace research",
      "--name nb-1",
      "--display-name 'My notebook'",
      "-i packages=numpy,torch",
      "-i 'environment=A=1,B=it'\\''s'",
      "-i python=3.12",
      "--compute-input memory=17179869184",
    ]);
  });

  it("becomes a document with its place", () => {
    expect(launchYaml(draft, answer)).toContain("kind: ServiceInstance\nmetadata:\n  name: nb-1\n  display_name: My notebook\n  org: acme\n");
    expect(launchYaml(draft, answer)).toContain('    python: "3.12"\n');
  });

  it("never copies sensitive answers", () => {
    expect(launchCommand(draft, answer)).not.toContain("hunter2");
    expect(launchYaml(draft, answer)).not.toContain("hunter2");
    expect(hasSensitive(draft, answer)).toBe(true);
    expect(hasSensitive({ ...draft, inputs: {} }, answer)).toBe(false);
  });
});
