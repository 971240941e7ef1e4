// Role bindings as a table, with removing.
import { Link } from "@tanstack/react-router";
import { CalendarClock, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useAll } from "../../../api/all";
import { useDelete } from "../../../api/hooks";
import { scopeOf } from "../../../api/kinds";
import type { RoleBinding } from "../../../api/types";
import { useCurrentScope } from "../../../lib/scope";
import { admin as m } from "../../../messages/en/admin";
import { access as a } from "../../../messages/en/access";
import { duties } from "../../../messages/en/duties";
import { type Column, DataTable, type DataTableProps } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { adminPaths } from "../paths";
import { roleText, whoOf } from "../../../lib/bindings";
import { rowId } from "../../../lib/rows";
import { ImpactNote } from "../access/ImpactNote";
import { ChangeEnd } from "./ChangeEnd";
import { Until } from "./Until";
import { placeText } from "./roles";

type Rest = Pick<DataTableProps<RoleBinding>, "id" | "rows" | "error" | "onRetry" | "search" | "filters" | "filtered" | "onClearFilters" | "empty" | "total">;

export function BindingTable({ mayRemove, hidePerson, hidePlace, ...rest }: Rest & { mayRemove: boolean; hidePerson?: boolean; hidePlace?: boolean }) {
  const here = useCurrentScope();
  const users = useAll("User", {}, { sort: "name" });
  const [removing, setRemoving] = useState<RoleBinding>();
  const [changing, setChanging] = useState<RoleBinding>();
  const remove = useDelete("RoleBinding");
  const names = useMemo(() => new Map(users.items?.map((user) => [user.metadata.name, user])), [users.items]);
  const title = (name: string) => names.get(name)?.metadata.display_name || name;

  const columns: Column<RoleBinding>[] = [
    {
      id: "person",
      header: m.bindings.person,
      primary: !hidePerson,
      sortValue: (row) => title(whoOf(row.spec)),
      cell: ({ spec }) =>
        spec.user ? (
          <span className="flex flex-col">
            <Link to={adminPaths.user(here, spec.user)} className="rounded-sm hover:underline">
              {title(spec.user)}
            </Link>
            <span className="text-12 font-normal text-muted">{names.get(spec.user)?.spec.email ?? spec.user}</span>
          </span>
        ) : spec.service_account ? (
          <span className="flex items-center gap-2">
            <Link to={adminPaths.serviceAccount(here, spec.service_account)} className="rounded-sm hover:underline">
              {spec.service_account}
            </Link>
            <Tag>{a.accountTag}</Tag>
          </span>
        ) : (
          <span className="flex items-center gap-2">
            <Link to={adminPaths.groups(here)} className="rounded-sm hover:underline">
              {spec.group}
            </Link>
            <Tag>{a.groupTag}</Tag>
          </span>
        ),
    },
    {
      id: "role",
      header: m.bindings.role,
      primary: hidePerson ?? false,
      sortValue: (row) => roleText(row.spec),
      cell: ({ spec }) => <span title={spec.role ? m.bindings.roleHelp[spec.role] : a.ownRoleHelp}>{roleText(spec)}</span>,
    },
    { id: "place", header: m.bindings.place, sortValue: (row) => placeText(row.metadata), cell: (row) => placeText(row.metadata) },
    { id: "until", header: a.until, sortValue: (row) => row.spec.expires_at ?? "9", cell: (row) => <Until at={row.spec.expires_at} /> },
    { id: "reason", header: a.reason, cell: (row) => row.spec.reason ?? "" },
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
        rowName={(row) => `${title(whoOf(row.spec))} ${roleText(row.spec)}`}
        {...(mayRemove
          ? {
              rowActions: (row: RoleBinding) => (
                <MoreMenu
                  label={m.common.actions(title(whoOf(row.spec)))}
                  entries={[{ label: duties.binding.change, icon: <CalendarClock size={14} aria-hidden />, onSelect: () => setChanging(row) }, { label: m.common.remove, icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => setRemoving(row) }]}
                />
              ),
            }
          : {})}
      />
      {changing && <ChangeEnd key={changing.metadata.uid} binding={changing} onClose={() => setChanging(undefined)} />}
      <ConfirmDialog
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={removing ? m.bindings.removeTitle(title(whoOf(removing.spec)), roleText(removing.spec)) : ""}
        verb={m.common.remove}
        onConfirm={async () => {
          if (!removing) return;
          await remove.mutateAsync(removing);
          toast(m.bindings.removed);
        }}
      >
        {removing && <p>{m.bindings.removeText(placeText(scopeOf(removing.metadata)))}</p>}
        {removing && <ImpactNote kind="RoleBinding" object={removing} change="delete" />}
      </ConfirmDialog>
    </>
  );
}
