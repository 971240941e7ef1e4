// Rates from counters, and a short history of them.
import type { Metrics } from "../../../api/types";

export interface Sample {
  /** Seconds since 1970. */
  at: number;
  cpuMillis: number | undefined;
  memoryBytes: number | undefined;
  processes: number | undefined;
}

interface Reading {
  at: number;
  metrics: Metrics;
}

/** Ten minutes at one reading every two seconds. */
export const KEPT_SAMPLES = 300;

/** CPU in thousandths of a core between two readings; nothing when the process was restarted between them. */
export function cpuBetween(before: Reading | undefined, now: Reading): number | undefined {
  const used = now.metrics.cpu_used_millis;
  const usedBefore = before?.metrics.cpu_used_millis;
  if (before === undefined || typeof used !== "number" || typeof usedBefore !== "number") return undefined;
  const seconds = now.at - before.at;
  if (seconds <= 0 || used < usedBefore) return undefined;
  // Milliseconds of CPU time per second are thousandths of a core.
  return (used - usedBefore) / seconds;
}

export class MetricsHistory {
  samples: Sample[] = [];
  private last: Reading | undefined;

  add(metrics: Metrics, at: number): void {
    const reading = { at, metrics };
    const sample: Sample = { at, cpuMillis: cpuBetween(this.last, reading), memoryBytes: metrics.memory_bytes ?? undefined, processes: metrics.processes ?? undefined };
    this.last = reading;
    this.samples = [...this.samples, sample].slice(-KEPT_SAMPLES);
  }
}
