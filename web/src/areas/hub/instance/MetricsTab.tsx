// CPU and memory now, and since this page was opened.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api } from "../../../api/client";
import { itemPath, scopeOf } from "../../../api/kinds";
import { useObject } from "../../../api/hooks";
import type { Metrics, ServiceInstance } from "../../../api/types";
import { formatBytes, formatCpu, formatNumber } from "../../../lib/format";
import { hub } from "../../../messages/en/hub";
import { ErrorPanel, Notice, Skeleton } from "../../../ui/Page";
import { Chart } from "./Chart";
import { MetricsHistory } from "./metrics-history";

const m = hub.metrics;
const EVERY_MS = 2_000;

export function MetricsTab({ instance }: { instance: ServiceInstance }) {
  const { metadata, status, spec } = instance;
  const scope = scopeOf(metadata);
  const running = status.phase === "running" || status.phase === "starting";
  const history = useRef(new MetricsHistory());
  const query = useQuery({
    queryKey: ["metrics", metadata.uid],
    queryFn: ({ signal }) => api.get<Metrics>(`${itemPath("ServiceInstance", scope, metadata.name)}/metrics`, undefined, signal),
    refetchInterval: EVERY_MS,
    enabled: running,
    gcTime: 0,
    // Two equal readings are still two readings.
    structuralSharing: false,
  });
  // The limits are the compute's.
  const compute = useObject("ComputeInstance", scope, spec.compute ?? "", { enabled: Boolean(spec.compute) });

  const seen = useRef(0);
  if (query.data && query.dataUpdatedAt > seen.current) {
    seen.current = query.dataUpdatedAt;
    history.current.add(query.data, query.dataUpdatedAt / 1000);
  }
  useEffect(() => () => void (seen.current = 0), []);

  if (!running) return <Notice>{m.notRunning}</Notice>;
  if (query.error && !query.data) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={6} />;
  const { samples } = history.current;
  const last = samples.at(-1);
  const times = samples.map((sample) => sample.at);
  const size = compute.data?.status.size;
  return (
    <div className="flex flex-col gap-8">
      <div className="grid gap-8 lg:grid-cols-2">
        <Measure
          title={m.cpu}
          now={last?.cpuMillis === undefined ? m.collecting : formatCpu(last.cpuMillis)}
          limit={size?.cpu_millis}
          format={formatCpu}
          times={times}
          values={samples.map((sample) => sample.cpuMillis ?? null)}
        />
        <Measure
          title={m.memory}
          now={last?.memoryBytes === undefined ? m.collecting : formatBytes(last.memoryBytes)}
          limit={size?.memory_bytes}
          format={formatBytes}
          times={times}
          values={samples.map((sample) => sample.memoryBytes ?? null)}
        />
      </div>
      <p className="text-12 text-muted">
        {last?.processes !== undefined && `${m.processes}: ${formatNumber(last.processes)} · `}
        {m.window}
      </p>
    </div>
  );
}

function Measure({ title, now, limit, format, times, values }: { title: string; now: string; limit: number | undefined; format: (value: number) => string; times: number[]; values: (number | null)[] }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h2 className="text-16 font-semibold">{title}</h2>
      <p>
        <span className="text-20 font-semibold">{now}</span>
        {limit ? <span className="ml-2 text-muted">{m.of(format(limit))}</span> : null}
      </p>
      <Chart label={m.chart(title)} times={times} values={values} limit={limit} format={format} />
    </section>
  );
}
