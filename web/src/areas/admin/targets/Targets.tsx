// Where things can run.
import { Link, useNavigate } from "@tanstack/react-router";
import { Server } from "lucide-react";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import type { Target } from "../../../api/types";
import { formatBytes, formatCpu, formatNumber } from "../../../lib/format";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { rowId, rowName } from "../../../lib/rows";
import { adminPaths } from "../paths";
import { summarize } from "./summary";

export function TargetState({ target }: { target: Target }) {
  const { state, message } = summarize(target);
  return (
    <span className="flex flex-wrap gap-1">
      {state === "ready" && <StateBadge tone="running">{m.targets.ready}</StateBadge>}
      {state === "not_ready" && (
        <StateBadge tone="failed" {...(message ? { title: message } : {})}>
          {m.targets.notReady}
        </StateBadge>
      )}
      {state === "unknown" && <StateBadge tone="waiting">{m.targets.unknown}</StateBadge>}
      {target.spec.cordoned && <StateBadge tone="stopped">{m.targets.cordoned}</StateBadge>}
    </span>
  );
}

export function Targets() {
  useTitle(m.targets.title);
  const { org } = useProjectScope();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchState<"search">();
  const list = useAll("Target", {}, { sort: "name" });
  useWatch(["Target"], {});
  const needle = (search.search ?? "").toLowerCase();
  const rows = list.items?.filter((row) => `${row.metadata.name} ${rowName(row)}`.toLowerCase().includes(needle));
  const columns: Column<Target>[] = [
    {
      id: "name",
      header: m.common.name,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <Link to={adminPaths.target({ org }, row.metadata.name)} className="rounded-sm hover:underline">
          {rowName(row)}
        </Link>
      ),
    },
    { id: "type", header: m.targets.type, cell: (row) => m.targets.types[row.spec.type] ?? row.spec.type },
    { id: "state", header: m.targets.state, cell: (row) => <TargetState target={row} /> },
    {
      id: "gpus",
      header: m.targets.gpus,
      align: "right",
      sortValue: (row) => summarize(row).gpus,
      cell: (row) => {
        const { usedGpus, gpus, simulated } = summarize(row);
        return (
          <>
            {m.targets.gpusOf(usedGpus, gpus)}
            {simulated && <span className="block text-12 text-muted">{m.targets.legend.simulated}</span>}
          </>
        );
      },
    },
    { id: "cpu", header: m.targets.cpu, align: "right", cell: (row) => m.targets.of(formatNumber((row.status.usage?.cpu_millis ?? 0) / 1000), formatCpu(summarize(row).cpuMillis)) },
    { id: "memory", header: m.targets.memory, align: "right", cell: (row) => m.targets.of(formatBytes(row.status.usage?.memory_bytes ?? 0), formatBytes(summarize(row).memoryBytes)) },
    { id: "instances", header: m.targets.instances, align: "right", cell: (row) => formatNumber(row.status.usage?.instances ?? 0) },
    { id: "queued", header: m.targets.queued, align: "right", cell: (row) => formatNumber(row.status.usage?.queued ?? 0) },
  ];
  return (
    <PageBody full>
      <PageHeader title={m.targets.title} description={m.targets.text} />
      <DataTable
        id="targets"
        label={m.targets.title}
        columns={columns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: adminPaths.target({ org }, row.metadata.name) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.targets.search }}
        filtered={needle !== ""}
        onClearFilters={() => setSearch({ search: "" })}
        empty={{ ...m.targets.empty, icon: <Server size={28} aria-hidden /> }}
      />
    </PageBody>
  );
}
