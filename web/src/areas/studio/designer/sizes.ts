// The usual sizes, and which GPUs the targets have.
import type { Target } from "../../../api/types";

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
