// Roles that the organization made itself.
import { useState } from "react";
import { useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { CustomRole } from "../../../api/types";
import { rowName } from "../../../lib/rows";
import { useProjectScope } from "../../../lib/scope";
import { customRoles as m } from "../../../messages/en/access";
import { admin } from "../../../messages/en/admin";
import type { Column } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { ListPage } from "../../ListPage";
import { ImpactNote } from "../access/ImpactNote";
import { RoleDialog } from "./RoleDialog";

/** Permissions shown in a row; the count says how many there are. */
const NAMED = 3;

export function Roles() {
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const remove = useDelete("CustomRole");
  const [edited, setEdited] = useState<CustomRole | "new">();
  const [doomed, setDoomed] = useState<CustomRole>();
  const columns: Column<CustomRole>[] = [
    {
      id: "name",
      header: admin.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          {rowName(row)}
          <span className="font-normal text-muted">{row.metadata.description || <code>{row.metadata.name}</code>}</span>
        </span>
      ),
    },
    {
      id: "permissions",
      header: m.permissions,
      cell: ({ spec: { permissions } }) => (
        <span title={permissions.join("\n")}>
          {m.count(permissions.length)}{" "}
          <span className="text-muted">
            {permissions.slice(0, NAMED).join(", ")}
            {permissions.length > NAMED && "…"}
          </span>
        </span>
      ),
    },
    { id: "levels", header: m.levels, cell: (row) => row.spec.levels.map((level) => m.level[level]).join(", ") },
    { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  return (
    <ListPage
      kind="CustomRole"
      scope={{ org }}
      id="custom-roles"
      words={m}
      columns={columns}
      onNew={can("custom_role.create") ? () => setEdited("new") : undefined}
      onOpen={can("custom_role.update") ? setEdited : undefined}
      rowActions={(row) => (
        <MoreMenu
          label={m.actions(rowName(row))}
          entries={[
            { label: m.editDo, disabled: !can("custom_role.update"), onSelect: () => setEdited(row) },
            { label: m.delete, danger: true, disabled: !can("custom_role.delete"), onSelect: () => setDoomed(row) },
          ]}
        />
      )}
    >
      {edited && <RoleDialog org={org} role={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <ConfirmDialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={m.deleteTitle(doomed ? rowName(doomed) : "")}
        verb={m.deleteDo}
        onConfirm={async () => {
          if (!doomed) return;
          await remove.mutateAsync(doomed);
          toast(admin.common.deleted(rowName(doomed)));
        }}
      >
        <p>{m.deleteText}</p>
        {doomed && <ImpactNote kind="CustomRole" object={doomed} change="delete" />}
      </ConfirmDialog>
    </ListPage>
  );
}
