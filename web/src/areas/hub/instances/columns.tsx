// The columns of instance tables.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { scopeOf } from "../../../api/kinds";
import type { Instance } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import type { Column } from "../../../ui/DataTable";
import { SizeLine } from "../../../ui/SizeLine";
import { PhaseBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime, Since } from "../../../ui/Time";

const m = hub.instances;

export function instanceKind(row: Instance): "ComputeInstance" | "ServiceInstance" {
  return row.kind === "ComputeInstance" ? "ComputeInstance" : "ServiceInstance";
}

export function instanceTo(row: Instance, tab?: string): string {
  return paths.instance(instanceKind(row), scopeOf(row.metadata), row.metadata.name, tab);
}

export const instanceId = (row: Instance) => row.metadata.uid;
export const instanceTitle = (row: Instance) => row.metadata.display_name || row.metadata.name;

export function InstanceLink({ row }: { row: Instance }) {
  return (
    <Link to={instanceTo(row)} className="rounded-sm hover:underline">
      {instanceTitle(row)}
      {row.metadata.display_name && <code className="ml-2 font-normal text-muted">{row.metadata.name}</code>}
    </Link>
  );
}

/** A name on one line of a wide table, however many columns there are; a very long one is cut off and told in full on hover. */
function Short({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <span title={text} className="block break-words md:max-w-40 md:truncate">
      {children ?? text}
    </span>
  );
}

export function instanceColumns(withWorkspace: boolean): Column<Instance>[] {
  const columns: (Column<Instance> | false)[] = [
    { id: "name", header: m.columns.name, primary: true, serverSort: "name", cell: (row) => <InstanceLink row={row} /> },
    { id: "state", header: m.columns.state, cell: (row) => <PhaseBadge phase={row.status.phase} /> },
    { id: "kind", header: m.columns.kind, cell: (row) => <Tag>{row.kind === "ComputeInstance" ? m.compute : m.service}</Tag> },
    withWorkspace && {
      id: "workspace",
      header: m.columns.workspace,
      cell: (row) => (
        <Link to={paths.workspace(scopeOf(row.metadata))} className="rounded-sm hover:underline">
          <Short text={row.metadata.workspace ?? ""} />
        </Link>
      ),
    },
    { id: "profile", header: m.columns.profile, cell: (row) => <Short text={row.spec.profile.name}><code>{row.spec.profile.name}</code></Short> },
    { id: "owner", header: m.columns.owner, cell: (row) => <Short text={row.spec.owner ?? row.metadata.created_by} /> },
    { id: "size", header: m.columns.size, initiallyHidden: true, cell: (row) => ("size" in row.status ? <SizeLine size={row.status.size} /> : "") },
    { id: "running", header: m.columns.running, align: "right", cell: (row) => (row.status.running_since && row.status.phase === "running" ? <Since at={row.status.running_since} /> : "") },
    { id: "created", header: m.columns.created, align: "right", serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  return columns.filter((column) => column !== false);
}
