// Which profiles are made from a template, and how many instances there are of each.
import { Link } from "@tanstack/react-router";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { EnvironmentTemplate } from "../../../api/types";
import { formatNumber } from "../../../lib/format";
import { studio } from "../../../messages/en/studio";
import { templates } from "../../../messages/en/templates";
import { ui } from "../../../messages/en/ui";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ErrorPanel } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { rowId, rowName } from "../../../lib/rows";
import { useTemplates } from "../designer/templates";
import { studioPaths } from "../paths";
import { type Profile, countByProfile, kindOf, profileKey, stateOf, useInstancesOf } from "../profiles/rows";

const m = templates.used;

export function UsedBy({ template, org }: { template: EnvironmentTemplate; org: string }) {
  const { can } = usePermissions({ org });
  const compute = useAll("ComputeProfile", { org }, { deep: true });
  const service = useAll("ServiceProfile", { org }, { deep: true });
  useWatch(["ComputeProfile", "ServiceProfile"], { org });
  const { own } = useTemplates(org);
  const seesInstances = can("compute_instance.view") || can("service_instance.view");
  const instances = useInstancesOf(org, seesInstances);
  // The organization's own template stands before a shipped one of the same name.
  const shadowed = !template.metadata.org && own?.some((one) => one.metadata.name === template.metadata.name);
  const all: Profile[] | undefined = compute.items && service.items ? [...compute.items, ...service.items] : undefined;
  const rows = shadowed ? [] : all?.filter((profile) => profile.spec.template.name === template.metadata.name);
  const counts = instances.rows && countByProfile(instances.rows);
  const countOf = (profile: Profile) => counts?.get(profileKey(kindOf(profile), profile.metadata.project ?? "", profile.metadata.name)) ?? 0;
  const columns: Column<Profile>[] = [
    {
      id: "name",
      header: m.profile,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link to={studioPaths.profile({ org, project: row.metadata.project ?? "" }, kindOf(row), row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <Tag>{kindOf(row) === "ServiceProfile" ? ui.serviceProfile : ui.computeProfile}</Tag>
        </span>
      ),
    },
    { id: "project", header: m.project, sortValue: (row) => row.metadata.project ?? "", cell: (row) => row.metadata.project },
    { id: "version", header: m.version, sortValue: (row) => row.spec.template.version, cell: (row) => <code>{row.spec.template.version}</code> },
    { id: "state", header: m.state, sortValue: stateOf, cell: (row) => studio.profiles.states[stateOf(row)] },
    ...(seesInstances ? [{ id: "instances", header: m.instances, align: "right" as const, sortValue: countOf, cell: (row: Profile) => (counts ? formatNumber(countOf(row)) : "") }] : []),
  ];
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        {m.text} {rows && rows.length > 0 && <span className="font-medium text-ink">{m.total(rows.length, seesInstances && counts ? rows.reduce((sum, row) => sum + countOf(row), 0) : undefined)}</span>}
      </p>
      {instances.error && <ErrorPanel error={instances.error} />}
      <DataTable id="template-used" label={m.title} columns={columns} rows={rows} rowId={rowId} rowName={rowName} error={compute.error ?? service.error} onRetry={() => (compute.refetch(), service.refetch())} empty={m.none} />
    </div>
  );
}
