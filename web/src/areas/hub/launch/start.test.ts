import { describe, expect, it } from "vitest";
import { answerForm } from "../../../../mock/form";
import { seed } from "../../../../mock/data";
import { Store } from "../../../../mock/store";
import type { ComputeInstance, FormAnswer, ServiceInstance } from "../../../api/types";
import type { LaunchDraft } from "./draft";
import { broughtWith, duplicateSearch, launchSearch, linkSearch, startFromInstance, startFromLink } from "./start";

const scope = { org: "acme", project: "vision" };
const answer = answerForm(new Store(), "ServiceProfile", "jupyterlab", { inputs: {}, compute_inputs: {} }) as FormAnswer;
const draft: LaunchDraft = {
  kind: "ServiceProfile",
  profile: "jupyterlab",
  home: "shared",
  name: "nb-1",
  displayName: "Mine",
  scope: { ...scope, workspace: "research" },
  inputs: { packages: ["numpy"], token: "hunter2", idle: 60, git: null, removed_field: 1 },
  computeInputs: { memory: 17179869184 },
};

describe("a prefilled link", () => {
  it("holds given answers, and neither sensitive nor locked ones, nor the sender's workspace and name", () => {
    expect(linkSearch(draft, answer)).toEqual({ home: "shared", inputs: { packages: ["numpy"] }, compute_inputs: { memory: 17179869184 } });
  });

  it("leaves out answers for compute that would not be made", () => {
    expect(linkSearch({ ...draft, compute: "gpu" }, answer)).not.toHaveProperty("compute_inputs");
  });

  it("fills the form in with what it holds", () => {
    const search = launchSearch({ inputs: { packages: ["numpy"] } });
    expect(startFromLink("jupyterlab", search)).toMatchObject({ source: "link", inputs: { packages: ["numpy"] }, computeInputs: {} });
  });

  it("is nothing where the address holds no answers", () => {
    for (const inputs of ["text", ["list"], null, 7, {}, { __proto__x: 1, "Not a name": 2 }]) expect(launchSearch({ inputs }).inputs).toBeUndefined();
  });
});

describe("a duplicate", () => {
  const store = seed();
  const place = { ...scope, workspace: "research" };
  const notebook = store.get("ServiceInstance", place, "notebook") as unknown as ServiceInstance;
  const compute = store.get("ComputeInstance", place, "notebook-compute") as unknown as ComputeInstance;

  it("takes the answers over, asks for sealed ones again, and gets compute of its own", () => {
    compute.spec.inputs = { memory: 8 };
    const start = startFromInstance(notebook, compute, (title) => `${title} (copy)`);
    expect(start).toMatchObject({ source: "instance", computeInputs: { memory: 8 }, compute: undefined, displayName: "Segmentation notebook (copy)" });
    expect(start.inputs).toHaveProperty("python", "3.12");
    expect(start.inputs).not.toHaveProperty("token");
    expect(start.name).toMatch(/^notebook-/);
    expect(broughtWith(notebook)).toBe("notebook-compute");
  });

  it("stays on compute that was there before", () => {
    const shared = { ...notebook, spec: { ...notebook.spec, owns_compute: false } };
    expect(startFromInstance(shared, undefined, (title) => title).compute).toBe("notebook-compute");
    expect(broughtWith(shared)).toBeUndefined();
  });

  it("is found by its workspace and name, and its profile by its home", () => {
    expect(duplicateSearch(notebook, scope)).toEqual({ workspace: "research", home: undefined, from: "notebook" });
    expect(duplicateSearch(notebook, { org: "acme", project: "other" }).home).toBe("vision");
  });
});
