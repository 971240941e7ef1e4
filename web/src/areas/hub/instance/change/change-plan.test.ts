import { describe, expect, it } from "vitest";
import { SERVICE_FORM, seed } from "../../../../../mock/data";
import type { ServiceInstance } from "../../../../api/types";
import { changedInputs } from "./change-plan";
import { mutableForm } from "./mutable-form";

const notebook = seed().get("ServiceInstance", { org: "acme", project: "vision", workspace: "research" }, "notebook") as unknown as ServiceInstance;

describe("a change of inputs", () => {
  it("sends what is different and nothing else", () => {
    expect(changedInputs(notebook, { python: "3.12", packages: ["numpy", "torch"], theme: "dark" })).toEqual({ theme: "dark" });
  });

  it("takes an emptied answer away, and says nothing of one that was never given", () => {
    expect(changedInputs(notebook, { packages: null, python: "", startup: "" })).toEqual({ packages: null, python: null });
  });

  it("never sends back the mark of a stored secret", () => {
    expect(changedInputs(notebook, { token: { sealed: true } })).toEqual({});
    expect(changedInputs(notebook, { token: "new" })).toEqual({ token: "new" });
  });

  it("asks only for what may change", () => {
    const form = mutableForm({ ...SERVICE_FORM, fields: SERVICE_FORM.fields.map((field) => (field.name === "disk" ? { ...field, locked: true } : field)) });
    expect(form.fields.map((field) => field.name)).toEqual(["packages", "theme", "token"]);
    expect(form.sections.flatMap((section) => section.fields)).toEqual(["packages", "theme", "token"]);
  });
});
