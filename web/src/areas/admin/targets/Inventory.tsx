// One square for each GPU, grouped by machine: filled when held, outlined by owner, hatched when unhealthy. A table says the same.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Target } from "../../../api/types";
import { formatBytes, formatGpuModel } from "../../../lib/format";
import { objectLink, parseObjectPath } from "../../../lib/object-link";
import { useCurrentScope } from "../../../lib/scope";
import { admin as m } from "../../../messages/en/admin";
import { type Column, DataTable } from "../../../ui/DataTable";
import { EmptyState, Notice, Section } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { Segmented } from "../../../ui/Tabs";
import { Tooltip } from "../../../ui/Tooltip";
import { cx } from "../../../ui/cx";
import { type PlacedGpu, initials, ownerIndex, placedGpus } from "./summary";

/** Outlines that differ in style as well as in colour; the initials in the square say who it is. */
const OUTLINES = ["border-accent", "border-working border-dashed", "border-running", "border-waiting border-dashed", "border-ink", "border-stopped border-dotted"];
const HATCHED = "repeating-linear-gradient(45deg, transparent 0 4px, var(--failed) 4px 6px)";

export function Inventory({ target }: { target: Target }) {
  const [view, setView] = useState<"picture" | "table">("picture");
  const gpus = placedGpus(target);
  const owners = ownerIndex(gpus.flatMap((one) => (one.use ? [one.use.owner] : [])));
  if (gpus.length === 0)
    return (
      <Section title={m.targets.inventory}>
        <EmptyState title={m.targets.noGpus} />
      </Section>
    );
  return (
    <Section
      title={m.targets.inventory}
      actions={
        <Segmented
          label={m.targets.view}
          value={view}
          onChange={setView}
          options={[
            { value: "picture", label: m.targets.picture },
            { value: "table", label: m.targets.table },
          ]}
        />
      }
    >
      {gpus.some((one) => one.gpu.simulated) && <Notice tone="waiting">{m.targets.simulatedNote}</Notice>}
      {view === "picture" ? <Picture gpus={gpus} owners={owners} /> : <GpuTable gpus={gpus} />}
    </Section>
  );
}

function stateWords({ gpu, use }: PlacedGpu): string {
  const words = [use ? `${m.targets.holder} ${use.instance} (${use.owner})` : m.targets.free];
  if (!gpu.healthy) words.push(m.targets.unhealthy);
  if (gpu.simulated) words.push(m.targets.legend.simulated);
  return words.join(", ");
}

function Picture({ gpus, owners }: { gpus: PlacedGpu[]; owners: Map<string, number> }) {
  const nodes = [...new Set(gpus.map((one) => one.node))];
  return (
    <div className="flex flex-col gap-4">
      {nodes.map((node) => {
        const here = gpus.filter((one) => one.node === node);
        return (
          <div key={node} className="flex flex-col gap-2">
            <p>
              <code>{node}</code>
              <span className="ml-2 text-12 text-muted">
                {m.targets.gpusOf(here.filter((one) => one.use).length, here.length)} {m.targets.gpus}
              </span>
            </p>
            <ul className="flex flex-wrap gap-1.5" aria-label={`${m.targets.inventory} ${node}`}>
              {here.map((one) => (
                <Square key={one.gpu.id} one={one} owner={one.use ? (owners.get(one.use.owner) ?? 0) : undefined} />
              ))}
            </ul>
          </div>
        );
      })}
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-12 text-muted">
        <Legend className="border border-line-strong bg-page" text={m.targets.legend.free} />
        <Legend className="border-2 border-accent bg-accent-soft" text={m.targets.legend.used} />
        <Legend className="border border-failed" hatched text={m.targets.legend.unhealthy} />
        {[...owners].map(([owner, index]) => (
          <Legend key={owner} className={cx("border-2 bg-accent-soft", OUTLINES[index % OUTLINES.length])} text={`${initials(owner)} ${owner}`} />
        ))}
      </ul>
    </div>
  );
}

function Legend({ className, text, hatched }: { className: string; text: string; hatched?: boolean }) {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden className={cx("size-3 rounded-sm", className)} style={hatched ? { backgroundImage: HATCHED } : undefined} />
      {text}
    </li>
  );
}

function Square({ one, owner }: { one: PlacedGpu; owner: number | undefined }) {
  const here = useCurrentScope();
  const { gpu, use } = one;
  const look = cx(
    "flex size-11 items-center justify-center rounded-sm text-12 font-medium",
    use ? cx("border-2 bg-accent-soft text-accent-ink", OUTLINES[(owner ?? 0) % OUTLINES.length]) : "border border-line-strong bg-page text-muted",
    !gpu.healthy && "border-failed text-failed",
  );
  const style = gpu.healthy ? undefined : { backgroundImage: HATCHED };
  const words = m.targets.squareLabel(gpu.index, formatGpuModel(gpu.model), stateWords(one));
  // The name begins with what stands in the square, so that it can be spoken to.
  const label = use ? `${initials(use.owner)}: ${words}` : words;
  const place = use && parseObjectPath(use.instance);
  const to = place && objectLink("ComputeInstance", place.scope, place.name, here);
  const text = <span className={cx(!gpu.healthy && "rounded-sm bg-page px-0.5")}>{use ? initials(use.owner) : gpu.index}</span>;
  return (
    <li>
      <Tooltip text={label}>
        {to ? (
          <Link to={to} aria-label={label} className={look} style={style}>
            {text}
          </Link>
        ) : (
          <span tabIndex={0} role="img" aria-label={label} className={look} style={style}>
            {text}
          </span>
        )}
      </Tooltip>
    </li>
  );
}

const gpuId = (one: PlacedGpu) => `${one.node}/${one.gpu.id}`;

function GpuTable({ gpus }: { gpus: PlacedGpu[] }) {
  const here = useCurrentScope();
  const columns: Column<PlacedGpu>[] = [
    { id: "gpu", header: m.targets.gpu, primary: true, sortValue: (row) => row.gpu.index, cell: (row) => <code title={row.gpu.id}>{row.gpu.id}</code> },
    { id: "node", header: m.targets.node, sortValue: (row) => row.node, cell: (row) => <code>{row.node}</code> },
    {
      id: "model",
      header: m.targets.model,
      sortValue: (row) => row.gpu.model,
      cell: (row) => (
        <span className="flex flex-wrap items-center gap-2">
          {formatGpuModel(row.gpu.model)}
          {row.gpu.simulated && <StateBadge tone="waiting">{m.targets.legend.simulated}</StateBadge>}
        </span>
      ),
    },
    { id: "memory", header: m.targets.memory, align: "right", sortValue: (row) => row.gpu.memory_bytes, cell: (row) => formatBytes(row.gpu.memory_bytes) },
    {
      id: "health",
      header: m.targets.health,
      sortValue: (row) => String(row.gpu.healthy),
      cell: (row) => <StateBadge tone={row.gpu.healthy ? "running" : "failed"}>{row.gpu.healthy ? m.targets.healthy : m.targets.unhealthy}</StateBadge>,
    },
    {
      id: "holder",
      header: m.targets.holder,
      sortValue: (row) => row.use?.instance,
      cell: (row) => {
        if (!row.use) return <span className="text-muted">{m.targets.free}</span>;
        const { scope, name } = parseObjectPath(row.use.instance);
        const to = objectLink("ComputeInstance", scope, name, here);
        return to ? (
          <Link to={to} className="rounded-sm text-accent-ink hover:underline">
            {row.use.instance}
          </Link>
        ) : (
          row.use.instance
        );
      },
    },
    { id: "owner", header: m.targets.owner, sortValue: (row) => row.use?.owner, cell: (row) => row.use?.owner ?? m.common.none },
  ];
  return <DataTable id="gpus" label={m.targets.inventory} columns={columns} rows={gpus} rowId={gpuId} rowName={(row) => row.gpu.id} total={gpus.length} empty={{ title: m.targets.noGpus }} />;
}
