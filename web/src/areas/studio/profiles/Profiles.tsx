// The project's own profiles.
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, SlidersHorizontal } from "lucide-react";
import { useMemo, useState } from "react";
import { useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { imports } from "../../../messages/en/import";
import { nav } from "../../../messages/en/nav";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { buttonClass } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { Select } from "../../../ui/Field";
import { MoreMenu } from "../../../ui/Menu";
import { PageBody, PageHeader } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { PublishedBadge, StateBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { admin } from "../../../messages/en/admin";
import { rowId, rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { type Profile, countByProfile, kindOf, profileKey, stateOf, useInstancesOf, useProfiles, waits } from "./rows";

const m = studio.profiles;

export function sharedWith(profile: Profile): string {
  const { sharing } = profile.spec;
  const others = (sharing.projects ?? []).filter((project) => project !== profile.metadata.project);
  const where = sharing.all_projects ? m.allProjects : others.length === 0 ? m.own : m.some(others.length);
  return sharing.groups?.length ? m.onlyGroups(where, sharing.groups) : where;
}

export function Profiles() {
  useTitle(m.title);
  const scope = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions(scope);
  const seesInstances = can("compute_instance.view");
  const [search, setSearch] = useSearchState<"search" | "kind" | "state">();
  const list = useProfiles(scope);
  const instances = useInstancesOf(scope.org, seesInstances);
  const counts = useMemo(() => countByProfile(instances.rows ?? []), [instances.rows]);
  const [deleting, setDeleting] = useState<Profile>();
  const removeCompute = useDelete("ComputeProfile");
  const removeService = useDelete("ServiceProfile");
  const to = (row: Profile) => studioPaths.profile(scope, kindOf(row), row.metadata.name);

  const words = (search.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const rows = list.rows?.filter((row) => {
    const text = `${row.metadata.name} ${rowName(row)} ${row.spec.card.category ?? ""} ${row.spec.template.name}`.toLowerCase();
    return words.every((word) => text.includes(word)) && (!search.kind || kindOf(row) === search.kind) && (!search.state || stateOf(row) === search.state);
  });
  const columns: Column<Profile>[] = [
    {
      id: "name",
      header: m.name,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <span className="flex items-center gap-3">
          <ProfileIcon name={row.spec.card.icon} org={scope.org} size={24} />
          <span className="flex flex-col">
            <Link to={to(row)} className="rounded-sm hover:underline">
              {rowName(row)}
            </Link>
            <span className="text-12 font-normal text-muted">
              <code>{row.metadata.name}</code>
              {row.spec.parent && <> · {row.spec.parent.as_shipped ? m.shipped : m.from(row.spec.parent.name, row.spec.parent.version)}</>}
            </span>
          </span>
        </span>
      ),
    },
    { id: "kind", header: m.kind, sortValue: kindOf, cell: (row) => <Tag>{kindOf(row) === "ServiceProfile" ? ui.serviceProfile : ui.computeProfile}</Tag> },
    { id: "state", header: m.state, sortValue: stateOf, cell: (row) => (waits(row) ? <StateBadge tone="waiting">{ui.waitsForApproval}</StateBadge> : <PublishedBadge published={row.status.published} generation={row.metadata.generation} />) },
    { id: "template", header: m.template, cell: (row) => <code>{`${row.spec.template.name} ${row.spec.template.version}`}</code> },
    { id: "shared", header: m.shared, cell: sharedWith },
    ...(seesInstances
      ? [
          {
            id: "running",
            header: m.running,
            align: "right" as const,
            sortValue: (row: Profile) => counts.get(profileKey(kindOf(row), scope.project, row.metadata.name)) ?? 0,
            cell: (row: Profile) => counts.get(profileKey(kindOf(row), scope.project, row.metadata.name)) ?? 0,
          },
        ]
      : []),
    {
      id: "changed",
      header: m.changed,
      sortValue: (row) => row.metadata.updated_at,
      cell: (row) => (
        <>
          <RelativeTime at={row.metadata.updated_at} /> <span className="text-muted">{row.metadata.modified_by}</span>
        </>
      ),
    },
  ];
  const add = (
    <>
      {can("compute_profile.create") && (
        <Link to={studioPaths.importProfile(scope)} className={buttonClass()}>
          {imports.action}
        </Link>
      )}
      {can("compute_profile.create") && (
        <Link to={studioPaths.newProfile(scope, "ComputeProfile")} className={buttonClass()}>
          <Plus size={16} aria-hidden />
          {nav.studio.newCompute}
        </Link>
      )}
      {can("service_profile.create") && (
        <Link to={studioPaths.newProfile(scope, "ServiceProfile")} className={buttonClass("primary")}>
          <Plus size={16} aria-hidden />
          {nav.studio.newService}
        </Link>
      )}
    </>
  );
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} actions={add} />
      <DataTable
        id="profiles"
        label={m.title}
        columns={columns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: to(row) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.rows?.length}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
        filters={
          <>
            <Select aria-label={m.kind} value={search.kind ?? ""} onChange={(event) => setSearch({ kind: event.target.value })} className="max-w-52">
              <option value="">{m.anyKind}</option>
              <option value="ComputeProfile">{ui.computeProfile}</option>
              <option value="ServiceProfile">{ui.serviceProfile}</option>
            </Select>
            <Select aria-label={m.state} value={search.state ?? ""} onChange={(event) => setSearch({ state: event.target.value })} className="max-w-48">
              <option value="">{m.anyState}</option>
              {(["draft", "waiting", "published", "changed"] as const).map((state) => (
                <option key={state} value={state}>
                  {m.states[state]}
                </option>
              ))}
            </Select>
          </>
        }
        filtered={Boolean(search.search || search.kind || search.state)}
        onClearFilters={() => setSearch({ search: "", kind: "", state: "" })}
        empty={{
          ...m.empty,
          icon: <SlidersHorizontal size={28} aria-hidden />,
          action: (
            <Link to={studioPaths.systemProfiles(scope)} className={buttonClass("primary")}>
              {nav.studio.systemProfiles}
            </Link>
          ),
        }}
        rowActions={(row) => (
          <MoreMenu
            label={admin.common.actions(rowName(row))}
            entries={[
              {
                label: m.delete,
                danger: true,
                disabled: !can(kindOf(row) === "ComputeProfile" ? "compute_profile.delete" : "service_profile.delete"),
                onSelect: () => setDeleting(row),
              },
            ]}
          />
        )}
      />
      <ConfirmDialog
        open={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={m.deleteTitle(deleting ? rowName(deleting) : "")}
        verb={m.deleteDo}
        {...(deleting?.status.published ? { typeName: deleting.metadata.name } : {})}
        onConfirm={async () => {
          if (!deleting) return;
          if (deleting.kind === "ComputeProfile") await removeCompute.mutateAsync(deleting as never);
          else await removeService.mutateAsync(deleting as never);
          toast(admin.common.deleted(rowName(deleting)));
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
