import { expect, it } from "vitest";
import type { Instance, RoleBinding } from "../../../api/types";
import type { Profile } from "../profiles/rows";
import { firstHour } from "./first-hour";

const profile = (kind: string, published: boolean) => ({ kind, status: published ? { published: { generation: 1 } } : {} }) as unknown as Profile;
const instance = (kind: string, owner: string) => ({ kind, metadata: { created_by: "x" }, spec: { owner } }) as unknown as Instance;
const binding = (user: string, role: string) => ({ spec: { user, role } }) as unknown as RoleBinding;
const done = (...given: Parameters<typeof firstHour>) => firstHour(...given).filter((step) => step.done).map((step) => step.id);

it("ticks nothing at first, and a draft is no offer", () => {
  expect(done([], [], [])).toEqual([]);
  expect(done([profile("ComputeProfile", false)], [], [])).toEqual([]);
});

it("ticks each step by what is there", () => {
  expect(done([profile("ComputeProfile", true), profile("ServiceProfile", true)], [], [])).toEqual(["compute", "service"]);
  expect(done([], [instance("ComputeInstance", "ana")], [])).toEqual(["instance"]);
});

it("counts only a developer's launch as one", () => {
  const service = instance("ServiceInstance", "bo");
  expect(done([], [service], [binding("bo", "org_admin")])).toEqual([]);
  expect(done([], [service], [binding("bo", "developer")])).toEqual(["launch"]);
});
