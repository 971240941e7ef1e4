import { expect, it } from "vitest";
import type { Instance } from "../../../api/types";
import { countByProfile, profileKey, stateOf } from "./rows";

const profile = (generation: number, published?: number) => ({ metadata: { generation }, status: published ? { published: { generation: published } } : {} }) as never;

it("tells drafts from published ones and those with changes", () => {
  expect(stateOf(profile(1))).toBe("draft");
  expect(stateOf(profile(2, 2))).toBe("published");
  expect(stateOf(profile(3, 2))).toBe("changed");
});

it("counts instances at the home of their profile", () => {
  const instance = (kind: string, project: string, name: string, home?: string) =>
    ({ kind, metadata: { project }, spec: { profile: { name, ...(home ? { project: home } : {}) } } }) as unknown as Instance;
  const counts = countByProfile([instance("ServiceInstance", "vision", "lab"), instance("ServiceInstance", "language", "lab", "vision"), instance("ComputeInstance", "vision", "lab")]);
  expect(counts.get(profileKey("ServiceProfile", "vision", "lab"))).toBe(2);
  expect(counts.get(profileKey("ComputeProfile", "vision", "lab"))).toBe(1);
});
