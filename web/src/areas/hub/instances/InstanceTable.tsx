// The table of instances, used by the project's list and by a workspace.
import { useNavigate } from "@tanstack/react-router";
import { SquareStack } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { usePermissions } from "../../../api/session";
import type { Instance, Phase, Scope } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { Select } from "../../../ui/Field";
import type { ListSearch } from "../search";
import { allows, usePerformMany } from "./actions";
import { instanceColumns, instanceId, instanceTitle, instanceTo } from "./columns";
import { useInstances } from "./instance-rows";

const m = hub.instances;

export function InstanceTable({ scope, search, onSearch, emptyAction }: { scope: Scope; search: ListSearch; onSearch: (change: ListSearch) => void; emptyAction: ReactNode }) {
  const settled = useDebounced(search.search, 200);
  const list = useInstances(scope, { ...search, search: settled });
  const { can } = usePermissions(scope);
  const navigate = useNavigate();
  const performMany = usePerformMany();
  const [deleting, setDeleting] = useState<Instance[]>([]);
  const inWorkspace = Boolean(scope.workspace);
  const columns = useMemo(() => instanceColumns(!inWorkspace), [inWorkspace]);
  const filtered = Boolean(search.search || search.phase || search.kind);

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
        onClearFilters={() => onSearch({ search: undefined, phase: undefined, kind: undefined })}
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
          </>
        }
        bulkActions={(rows, clear) => (
          <BulkActions rows={rows} can={can} onDelete={() => setDeleting(rows)} onPerform={(chosen, action) => void performMany(chosen, action).then(clear)} />
        )}
        empty={{ title: m.empty, text: m.emptyText, action: emptyAction, icon: <SquareStack size={28} aria-hidden /> }}
      />
      <ConfirmDialog
        open={deleting.length > 0}
        onClose={() => setDeleting([])}
        title={m.bulkDeleteTitle(deleting.length)}
        verb={m.delete}
        {...(deleting.length > 1 ? { typeName: m.bulkDeleteWord } : {})}
        onConfirm={() => performMany(deleting, "delete")}
      >
        <p>{m.bulkDeleteText}</p>
        <ul className="list-disc pl-5">
          {deleting.slice(0, 8).map((row) => (
            <li key={instanceId(row)}>{instanceTitle(row)}</li>
          ))}
          {deleting.length > 8 && <li>…</li>}
        </ul>
      </ConfirmDialog>
    </>
  );
}

function BulkActions({
  rows,
  can,
  onPerform,
  onDelete,
}: {
  rows: Instance[];
  can: (permission: string) => boolean;
  onPerform: (rows: Instance[], action: "stop" | "start" | "retry") => void;
  onDelete: () => void;
}) {
  return (
    <>
      {(["stop", "start", "retry"] as const).map((action) => {
        const able = rows.filter((row) => allows(row, action, can));
        return able.length === rows.length ? (
          <Button key={action} size="small" onClick={() => onPerform(able, action)}>
            {m[action]}
          </Button>
        ) : null;
      })}
      {rows.every((row) => allows(row, "delete", can)) && (
        <Button size="small" variant="danger" onClick={onDelete}>
          {m.delete}
        </Button>
      )}
    </>
  );
}
