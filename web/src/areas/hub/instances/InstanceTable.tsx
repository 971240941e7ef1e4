// The table of instances, used by the project's list and by a workspace.
import { useNavigate } from "@tanstack/react-router";
import { SquareStack } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { scopeOf } from "../../../api/kinds";
import { useMe, usePermissionsIn } from "../../../api/session";
import type { Phase, Scope } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { DataTable } from "../../../ui/DataTable";
import { Select } from "../../../ui/Field";
import type { ListSearch } from "../search";
import { SavedFilters } from "./SavedFilters";
import { instanceColumns, instanceId, instanceTitle, instanceTo } from "./columns";
import { useInstances } from "./instance-rows";
import { useBulkActions } from "./use-bulk-actions";

const m = hub.instances;

export function InstanceTable({ scope, search, onSearch, emptyAction }: { scope: Scope; search: ListSearch; onSearch: (change: ListSearch) => void; emptyAction: ReactNode }) {
  const settled = useDebounced(search.search, 200);
  const me = useMe()?.user.name;
  const list = useInstances(scope, { ...search, search: settled, owner: search.mine ? me : undefined });
  // Rights come with workspaces: their maker has them all, and a collaborator some.
  const canIn = usePermissionsIn((list.rows ?? []).map((row) => scopeOf(row.metadata)));
  const bulk = useBulkActions((row) => canIn(scopeOf(row.metadata)));
  const navigate = useNavigate();
  const inWorkspace = Boolean(scope.workspace);
  const columns = useMemo(() => instanceColumns(!inWorkspace), [inWorkspace]);
  const filtered = Boolean(search.search || search.phase || search.kind || search.mine);

  return (
    <>
      <DataTable
        id={inWorkspace ? "workspace-instances" : "instances"}
        label={m.title}
        columns={columns}
        rows={list.rows}
        rowId={instanceId}
        rowName={instanceTitle}
        onOpen={(row) => void navigate({ to: instanceTo(row) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (text) => onSearch({ search: text || undefined }), label: m.search }}
        filtered={filtered}
        onClearFilters={() => onSearch({ search: undefined, phase: undefined, kind: undefined, mine: undefined })}
        sort={search.sort ?? "-created_at"}
        onSort={(sort) => onSearch({ sort })}
        filters={
          <>
            <Select aria-label={m.state} className="max-w-40" value={search.phase ?? ""} onChange={(event) => onSearch({ phase: (event.target.value || undefined) as Phase | undefined })}>
              <option value="">{m.anyState}</option>
              {Object.entries(ui.phases).map(([phase, label]) => (
                <option key={phase} value={phase}>
                  {label}
                </option>
              ))}
            </Select>
            <Select aria-label={m.kind} className="max-w-52" value={search.kind ?? ""} onChange={(event) => onSearch({ kind: (event.target.value || undefined) as ListSearch["kind"] })}>
              <option value="">{m.anyKind}</option>
              <option value="services">{hub.catalogue.kinds.services}</option>
              <option value="compute">{hub.catalogue.kinds.compute}</option>
            </Select>
            <Select aria-label={m.owner} className="max-w-36" value={search.mine ? "mine" : ""} onChange={(event) => onSearch({ mine: event.target.value === "mine" || undefined })}>
              <option value="">{m.anyOwner}</option>
              <option value="mine">{m.mine}</option>
            </Select>
            <SavedFilters search={search} onSearch={onSearch} />
          </>
        }
        bulkActions={bulk.buttons}
        empty={{ title: m.empty, text: m.emptyText, action: emptyAction, icon: <SquareStack size={28} aria-hidden /> }}
      />
      {bulk.dialog}
    </>
  );
}
