// A project's secrets: names and entries, never values.
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { Secret } from "../../../api/types";
import { admin as m } from "../../../messages/en/admin";
import { duties } from "../../../messages/en/duties";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { rowId, rowName } from "../../../lib/rows";
import { SecretDialog } from "./SecretDialog";
import { UsageDialog } from "./UsageDialog";

export function SecretTable({ scope, search }: { scope: { org: string; project: string }; search?: { value: string; onChange: (value: string) => void; label: string } }) {
  const list = useAll("Secret", scope, { sort: "name", ...(search?.value ? { search: search.value } : {}) });
  const { can } = usePermissions(scope);
  const [editing, setEditing] = useState<Secret | "new">();
  const [deleting, setDeleting] = useState<Secret>();
  const [using, setUsing] = useState<Secret>();
  const remove = useDelete("Secret");
  const columns: Column<Secret>[] = [
    { id: "name", header: m.common.name, primary: true, sortValue: rowName, cell: (row) => <code>{row.metadata.name}</code> },
    { id: "description", header: m.common.description, cell: (row) => row.metadata.description || m.common.none },
    {
      id: "entries",
      header: m.secrets.entries,
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          {Object.keys(row.spec.data).map((key) => (
            <Tag key={key}>{key}</Tag>
          ))}
        </span>
      ),
    },
    { id: "changed", header: m.common.changed, sortValue: (row) => row.metadata.updated_at, cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  const add = can("secret.create") && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setEditing("new")}>
      {m.secrets.new}
    </Button>
  );
  return (
    <>
      <DataTable
        id="secrets"
        label={m.secrets.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        filters={list.items && list.items.length > 0 ? add : undefined}
        {...(search ? { search, filtered: search.value !== "", onClearFilters: () => search.onChange("") } : {})}
        empty={{ ...m.secrets.empty, action: add, icon: <KeyRound size={28} aria-hidden /> }}
        rowActions={(row) => (
          <MoreMenu
            label={m.common.actions(row.metadata.name)}
            entries={[
              { label: duties.usage.action, onSelect: () => setUsing(row) },
              { label: m.secrets.edit, disabled: !can("secret.update"), onSelect: () => setEditing(row) },
              { label: m.common.delete, danger: true, disabled: !can("secret.delete"), icon: <Trash2 size={14} aria-hidden />, onSelect: () => setDeleting(row) },
            ]}
          />
        )}
      />
      {using && <UsageDialog secret={using} onClose={() => setUsing(undefined)} />}
      {editing && <SecretDialog scope={scope} {...(editing === "new" ? {} : { secret: editing })} onClose={() => setEditing(undefined)} />}
      <ConfirmDialog
        open={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={m.secrets.deleteTitle(deleting?.metadata.name ?? "")}
        verb={m.common.delete}
        onConfirm={async () => {
          if (!deleting) return;
          await remove.mutateAsync(deleting);
          toast(m.common.deleted(deleting.metadata.name));
        }}
      >
        <p>{m.secrets.deleteText}</p>
      </ConfirmDialog>
    </>
  );
}
