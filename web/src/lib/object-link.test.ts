import { expect, it } from "vitest";
import { objectLink, parseObjectPath } from "./object-link";

it("splits a path into where and what", () => {
  expect(parseObjectPath("/acme/vision/research/nb-1")).toEqual({ scope: { org: "acme", project: "vision", workspace: "research" }, name: "nb-1" });
  expect(parseObjectPath("/ana")).toEqual({ scope: {}, name: "ana" });
});

it("links to a page only where there is one", () => {
  const here = { org: "acme", project: "vision" };
  const link = (kind: string, path: string) => {
    const { scope, name } = parseObjectPath(path);
    return objectLink(kind, scope, name, here);
  };
  expect(link("ServiceInstance", "/acme/vision/research/nb-1")).toBe("/orgs/acme/projects/vision/workspaces/research/instances/nb-1");
  expect(link("ComputeProfile", "/acme/language/gpu")).toBe("/orgs/acme/projects/language/studio/profiles/compute/gpu");
  expect(link("EnvironmentTemplate", "/allocation")).toBe("/orgs/acme/projects/vision/studio/templates/shipped/allocation");
  expect(link("EnvironmentTemplate", "/acme/allocation")).toBe("/orgs/acme/projects/vision/studio/templates/own/allocation");
  expect(link("User", "/ana")).toBe("/orgs/acme/admin/users/ana");
  expect(link("Secret", "/acme/vision/token")).toBeUndefined();
});
