// Instances across the organization, for those who may see and operate them.
import { useNavigate } from "@tanstack/react-router";
import { SquareStack } from "lucide-react";
import { useMemo, useState } from "react";
import { usePermissions } from "../../../api/session";
import type { Instance } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin } from "../../../messages/en/admin";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { Select } from "../../../ui/Field";
import { MoreMenu } from "../../../ui/Menu";
import { EmptyState } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { type InstanceAction, allows, usePerform } from "../../hub/instances/actions";
import { instanceColumns, instanceId, instanceTitle, instanceTo } from "../../hub/instances/columns";
import { useBulkActions } from "../../hub/instances/use-bulk-actions";
import { useInstancesOf } from "../profiles/rows";
import { ManageFrame } from "./ManageFrame";

const m = studio.manage.instances;

export function Instances() {
  const scope = useProjectScope();
  const navigate = useNavigate();
  const here = usePermissions(scope);
  const org = usePermissions({ org: scope.org });
  const [search, setSearch] = useSearchState<"search" | "phase" | "kind" | "in">();
  const mayView = here.can("service_instance.view") || here.can("compute_instance.view");
  const list = useInstancesOf(scope.org, mayView);
  const perform = usePerform();
  const [deleting, setDeleting] = useState<Instance>();
  // A right in this project counts for its rows; elsewhere only one in the whole organization does.
  const canFor = (row: Instance) => (row.metadata.project === scope.project ? here.can : org.can);
  const bulk = useBulkActions(canFor);

  const words = (search.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const rows = list.rows?.filter((row) => {
    const text = `${row.metadata.name} ${instanceTitle(row)} ${row.spec.owner ?? ""} ${row.spec.profile.name} ${row.metadata.workspace ?? ""}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (search.in === "all" || row.metadata.project === scope.project) &&
      (!search.phase || row.status.phase === search.phase) &&
      (!search.kind || row.kind === search.kind)
    );
  });
  const columns = useMemo<Column<Instance>[]>(() => {
    const shared = instanceColumns(true).map((column): Column<Instance> => {
      // These rows are all loaded, so they are sorted here.
      const sortValue = column.id === "name" ? instanceTitle : column.id === "created" ? (row: Instance) => row.metadata.created_at : column.id === "state" ? (row: Instance) => row.status.phase : undefined;
      return sortValue ? { ...column, sortValue } : column;
    });
    const project: Column<Instance> = { id: "project", header: m.project, sortValue: (row) => row.metadata.project, cell: (row) => <code>{row.metadata.project}</code> };
    return [...shared.slice(0, 3), project, ...shared.slice(3)];
  }, []);
  const act = (row: Instance, action: InstanceAction) => void perform(row, action).catch((error: Error) => toast(error.message, "failed"));
  const filtered = Boolean(search.search || search.phase || search.kind);
  return (
    <ManageFrame>
      {!here.isLoading && !mayView ? (
        <EmptyState title={m.notAllowed} />
      ) : (
        <DataTable
          id="managed-instances"
          label={studio.manage.tabs.instances}
          columns={columns}
          rows={rows}
          rowId={instanceId}
          rowName={instanceTitle}
          onOpen={(row) => void navigate({ to: instanceTo(row) })}
          error={list.error}
          total={list.rows?.length}
          search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
          filters={
            <>
              <Select aria-label={m.where} value={search.in ?? ""} onChange={(event) => setSearch({ in: event.target.value })} className="max-w-40">
                <option value="">{m.thisProject}</option>
                <option value="all">{m.allProjects}</option>
              </Select>
              <Select aria-label={studio.home.state} value={search.phase ?? ""} onChange={(event) => setSearch({ phase: event.target.value })} className="max-w-40">
                <option value="">{m.anyState}</option>
                {Object.entries(ui.phases).map(([phase, label]) => (
                  <option key={phase} value={phase}>
                    {label}
                  </option>
                ))}
              </Select>
              <Select aria-label={studio.profiles.kind} value={search.kind ?? ""} onChange={(event) => setSearch({ kind: event.target.value })} className="max-w-52">
                <option value="">{m.anyKind}</option>
                <option value="ComputeInstance">{studio.home.computes}</option>
                <option value="ServiceInstance">{studio.home.services}</option>
              </Select>
            </>
          }
          filtered={filtered}
          onClearFilters={() => setSearch({ search: "", phase: "", kind: "" })}
          empty={{ ...m.empty, icon: <SquareStack size={28} aria-hidden /> }}
          rowActions={(row) => {
            const actions = (["stop", "start", "retry"] as const).filter((action) => allows(row, action, canFor(row)));
            const mayDelete = allows(row, "delete", canFor(row));
            if (actions.length === 0 && !mayDelete) return null;
            return (
              <MoreMenu
                label={admin.common.actions(instanceTitle(row))}
                entries={[
                  ...actions.map((action) => ({ label: m[action], onSelect: () => act(row, action) })),
                  ...(mayDelete ? [{ label: m.delete, danger: true, onSelect: () => setDeleting(row) }] : []),
                ]}
              />
            );
          }}
          bulkActions={bulk.buttons}
        />
      )}
      {bulk.dialog}
      <ConfirmDialog
        open={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={deleting ? m.deleteTitle(instanceTitle(deleting)) : ""}
        verb={m.deleteDo}
        onConfirm={() => deleting && perform(deleting, "delete")}
      >
        {deleting && (
          <>
            <p>{m.deleteText(deleting.kind === "ComputeInstance")}</p>
            <p className="text-muted">
              {m.owner}: {deleting.spec.owner ?? deleting.metadata.created_by} · {deleting.metadata.project} / {deleting.metadata.workspace}
            </p>
          </>
        )}
      </ConfirmDialog>
    </ManageFrame>
  );
}
