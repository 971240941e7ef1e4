// The table of instances, used by the project's list and by a workspace.
import { useNavigate } from "@tanstack/react-router";
import { SquareStack } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { scopeOf } from "../../../api/kinds";
import { useMe, usePermissionsIn } from "../../../api/session";
import type { Instance, Phase, Scope } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { DataTable } from "../../../ui/DataTable";
import { Select } from "../../../ui/Field";
import type { ListSearch } from "../search";
import { BulkDialog } from "./BulkDialog";
import { SavedFilters } from "./SavedFilters";
import { type InstanceAction, allows } from "./actions";
import type { CanOf } from "./bulk";
import { instanceColumns, instanceId, instanceTitle, instanceTo } from "./columns";
import { useInstances } from "./instance-rows";

const m = hub.instances;

export function InstanceTable({ scope, search, onSearch, emptyAction }: { scope: Scope; search: ListSearch; onSearch: (change: ListSearch) => void; emptyAction: ReactNode }) {
  const settled = useDebounced(search.search, 200);
  const me = useMe()?.user.name;
  const list = useInstances(scope, { ...search, search: settled, owner: search.mine ? me : undefined });
  // Rights come with workspaces: their maker has them all, and a collaborator some.
  const canIn = usePermissionsIn((list.rows ?? []).map((row) => scopeOf(row.metadata)));
  const canOf: CanOf = (row) => canIn(scopeOf(row.metadata));
  const navigate = useNavigate();
  const [acting, setActing] = useState<{ rows: Instance[]; action: InstanceAction; clear: () => void }>();
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
        bulkActions={(rows, clear) => <BulkActions rows={rows} canOf={canOf} onAct={(action) => setActing({ rows, action, clear })} />}
        empty={{ title: m.empty, text: m.emptyText, action: emptyAction, icon: <SquareStack size={28} aria-hidden /> }}
      />
      {acting && (
        <BulkDialog
          rows={acting.rows}
          action={acting.action}
          canOf={canOf}
          onClose={(done) => {
            setActing(undefined);
            if (done) acting.clear();
          }}
        />
      )}
    </>
  );
}

function BulkActions({ rows, canOf, onAct }: { rows: Instance[]; canOf: CanOf; onAct: (action: InstanceAction) => void }) {
  return (
    <>
      {(["stop", "start", "retry", "delete"] as const).map((action) => {
        const count = rows.filter((row) => allows(row, action, canOf(row))).length;
        return count === 0 ? null : (
          <Button key={action} size="small" variant={action === "delete" ? "danger" : "secondary"} onClick={() => onAct(action)}>
            {count === rows.length ? `${m[action]}…` : m.some(m[action], count)}
          </Button>
        );
      })}
    </>
  );
}
