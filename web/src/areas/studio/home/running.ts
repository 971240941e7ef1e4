// What runs, counted by state and by where it runs.
import type { Instance, Phase } from "../../../api/types";

export interface PhaseCount {
  phase: Phase;
  computes: number;
  services: number;
}

/** In the order people care about: what runs, what waits, what failed. */
const ORDER: Phase[] = ["running", "queued", "pending", "provisioning", "starting", "failed", "stopping", "stopped", "succeeded", "deleting"];

export function countPhases(instances: Instance[]): PhaseCount[] {
  return ORDER.map((phase) => {
    const here = instances.filter((instance) => instance.status.phase === phase);
    const computes = here.filter((instance) => instance.kind === "ComputeInstance").length;
    return { phase, computes, services: here.length - computes };
  }).filter((count) => count.computes + count.services > 0);
}

/** How many compute instances each target holds now. */
export function countTargets(instances: Instance[]): [target: string, count: number][] {
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const target = "allocation" in instance.status ? instance.status.allocation?.target : undefined;
    if (target) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
