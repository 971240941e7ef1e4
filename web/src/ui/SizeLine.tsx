// A size in one line: `1 × A100 80GB · 8 CPU · 64 GiB`.
import type { ResolvedSize } from "../api/types";
import { formatBytes, formatCpu, formatGpuModel } from "../lib/format";
import { ui as m } from "../messages/en/ui";

export function sizeText(size: ResolvedSize): string {
  const parts = [formatCpu(size.cpu_millis), formatBytes(size.memory_bytes)];
  if (size.gpu_count > 0) parts.unshift(`${size.gpu_count} × ${size.gpu_model ? formatGpuModel(size.gpu_model) : m.anyGpu}`);
  return parts.join(" · ");
}

export function SizeLine({ size }: { size: ResolvedSize }) {
  return <span>{sizeText(size)}</span>;
}
