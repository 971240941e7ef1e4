import { expect, it } from "vitest";
import type { Instance } from "../../../api/types";
import { countPhases, countTargets } from "./running";

const instance = (kind: string, phase: string, target?: string) => ({ kind, status: { phase, ...(target ? { allocation: { target } } : {}) } }) as unknown as Instance;

it("counts by state, leaving out states nothing is in", () => {
  expect(countPhases([instance("ComputeInstance", "failed"), instance("ComputeInstance", "running"), instance("ServiceInstance", "running")])).toEqual([
    { phase: "running", computes: 1, services: 1 },
    { phase: "failed", computes: 1, services: 0 },
  ]);
});

it("counts what each target holds, most first", () => {
  const list = [instance("ComputeInstance", "running", "b"), instance("ComputeInstance", "running", "a"), instance("ComputeInstance", "running", "b"), instance("ComputeInstance", "queued")];
  expect(countTargets(list)).toEqual([["b", 2], ["a", 1]]);
});
