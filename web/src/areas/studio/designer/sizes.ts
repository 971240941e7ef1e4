// The usual sizes, and which GPUs the targets have.
import type { ComputeProfileSpec, Target } from "../../../api/types";

const GIB = 2 ** 30;

export const SIZES = [
  { name: "small", cores: 2, memory: 8 * GIB },
  { name: "medium", cores: 4, memory: 16 * GIB },
  { name: "large", cores: 8, memory: 32 * GIB },
] as const;
export type SizeName = (typeof SIZES)[number]["name"];

/** Each model once, with how many there are in all. */
export function gpuModels(targets: Target[]): { model: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const target of targets) {
    for (const node of target.status.inventory?.nodes ?? []) {
      for (const gpu of node.gpus ?? []) counts.set(gpu.model, (counts.get(gpu.model) ?? 0) + 1);
    }
  }
  return [...counts].map(([model, count]) => ({ model, count })).sort((a, b) => a.model.localeCompare(b.model));
}

/** Whether a target has all that is asked, to show which they are now. The server chooses again at each launch. */
export function matchesTarget(selector: NonNullable<ComputeProfileSpec["target_selector"]>, target: Target): boolean {
  const { capabilities = [], commands, inventory } = target.status;
  const model = selector.gpu_model?.toLowerCase();
  return (
    Object.entries(selector.labels ?? {}).every(([key, value]) => target.metadata.labels?.[key] === value) &&
    (selector.capabilities ?? []).every((word) => capabilities.includes(word) || commands.includes(word)) &&
    (model === undefined || (inventory?.nodes ?? []).some((node) => (node.gpus ?? []).some((gpu) => gpu.model.toLowerCase().includes(model))))
  );
}
