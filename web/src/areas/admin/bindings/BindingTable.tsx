// Role bindings as a table, with removing.
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useAll } from "../../../api/all";
import { useDelete } from "../../../api/hooks";
import { scopeOf } from "../../../api/kinds";
import type { RoleBinding } from "../../../api/types";
import { useCurrentScope } from "../../../lib/scope";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { type Column, DataTable, type DataTableProps } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { adminPaths } from "../paths";
import { rowId } from "../../../lib/rows";
import { placeText } from "./roles";

type Rest = Pick<DataTableProps<RoleBinding>, "id" | "rows" | "error" | "onRetry" | "search" | "filters" | "filtered" | "onClearFilters" | "empty" | "total">;

export function BindingTable({ mayRemove, hidePerson, hidePlace, ...rest }: Rest & { mayRemove: boolean; hidePerson?: boolean; hidePlace?: boolean }) {
  const here = useCurrentScope();
  const users = useAll("User", {}, { sort: "name" });
  const [removing, setRemoving] = useState<RoleBinding>();
  const remove = useDelete("RoleBinding");
  const names = useMemo(() => new Map(users.items?.map((user) => [user.metadata.name, user])), [users.items]);
  const title = (name: string) => names.get(name)?.metadata.display_name || name;

  const columns: Column<RoleBinding>[] = [
    {
      id: "person",
      header: m.bindings.person,
      primary: !hidePerson,
      sortValue: (row) => title(row.spec.user),
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={adminPaths.user(here, row.spec.user)} className="rounded-sm hover:underline">
            {title(row.spec.user)}
          </Link>
          <span className="text-12 font-normal text-muted">{names.get(row.spec.user)?.spec.email ?? row.spec.user}</span>
        </span>
      ),
    },
    {
      id: "role",
      header: m.bindings.role,
      primary: hidePerson ?? false,
      sortValue: (row) => ui.roles[row.spec.role],
      cell: (row) => <span title={m.bindings.roleHelp[row.spec.role]}>{ui.roles[row.spec.role] ?? row.spec.role}</span>,
    },
    { id: "place", header: m.bindings.place, sortValue: (row) => placeText(row.metadata), cell: (row) => placeText(row.metadata) },
    { id: "since", header: m.bindings.since, sortValue: (row) => row.metadata.created_at, cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
    { id: "by", header: m.bindings.by, sortValue: (row) => row.metadata.created_by, cell: (row) => title(row.metadata.created_by) },
  ];
  return (
    <>
      <DataTable
        {...rest}
        label={m.bindings.title}
        columns={columns.filter((column) => !(hidePerson && column.id === "person") && !(hidePlace && column.id === "place"))}
        rowId={rowId}
        rowName={(row) => `${title(row.spec.user)} ${ui.roles[row.spec.role]}`}
        {...(mayRemove
          ? {
              rowActions: (row: RoleBinding) => (
                <MoreMenu
                  label={m.common.actions(title(row.spec.user))}
                  entries={[{ label: m.common.remove, icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => setRemoving(row) }]}
                />
              ),
            }
          : {})}
      />
      <ConfirmDialog
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={removing ? m.bindings.removeTitle(title(removing.spec.user), ui.roles[removing.spec.role]) : ""}
        verb={m.common.remove}
        onConfirm={async () => {
          if (!removing) return;
          await remove.mutateAsync(removing);
          toast(m.bindings.removed);
        }}
      >
        {removing && <p>{m.bindings.removeText(placeText(scopeOf(removing.metadata)))}</p>}
      </ConfirmDialog>
    </>
  );
}
