// Sums over a target's machines.
import type { Gpu, GpuUse, Target, TargetNode } from "../../../api/types";

export interface TargetSummary {
  cpuMillis: number;
  memoryBytes: number;
  gpus: number;
  usedGpus: number;
  simulated: boolean;
  state: "ready" | "not_ready" | "unknown";
  /** What the failing condition says. */
  message?: string;
}

export function summarize(target: Target): TargetSummary {
  const nodes = target.status.inventory?.nodes ?? [];
  const usage = target.status.usage;
  const conditions = target.status.conditions ?? [];
  const failing = conditions.find((condition) => condition.status === false);
  return {
    // A limit in the spec stands above what the machine has.
    cpuMillis: target.spec.cpu_millis ?? sum(nodes, (node) => node.cpu_millis),
    memoryBytes: target.spec.memory_bytes ?? sum(nodes, (node) => node.memory_bytes),
    gpus: sum(nodes, (node) => node.gpus?.length ?? 0),
    usedGpus: usage?.gpus?.length ?? 0,
    simulated: nodes.some((node) => node.gpus?.some((gpu) => gpu.simulated)),
    state: failing ? "not_ready" : conditions.some((condition) => condition.status === true) ? "ready" : "unknown",
    ...(failing ? { message: failing.message } : {}),
  };
}

function sum(nodes: TargetNode[], of: (node: TargetNode) => number): number {
  return nodes.reduce((total, node) => total + of(node), 0);
}

export interface PlacedGpu {
  node: string;
  gpu: Gpu;
  use?: GpuUse;
}

/** Every GPU with its machine and who holds it. */
export function placedGpus(target: Target): PlacedGpu[] {
  const uses = new Map((target.status.usage?.gpus ?? []).map((use) => [use.gpu, use]));
  return (target.status.inventory?.nodes ?? []).flatMap((node) =>
    (node.gpus ?? []).map((gpu) => {
      const use = uses.get(gpu.id);
      return { node: node.name, gpu, ...(use ? { use } : {}) };
    }),
  );
}

/** A stable small number for each owner, for a colour that goes with their initials. */
export function ownerIndex(owners: string[]): Map<string, number> {
  return new Map([...new Set(owners)].sort().map((owner, index) => [owner, index]));
}

/** Two letters that stand for an owner. */
export function initials(owner: string): string {
  const words = owner.split(/[^a-z0-9]+/i).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => word[0] ?? "") : [owner.slice(0, 2)];
  return letters.join("").toUpperCase();
}
