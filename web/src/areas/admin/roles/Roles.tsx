// Roles that the organization made itself.
import { Link } from "@tanstack/react-router";
import { Grid3x3 } from "lucide-react";
import type { CustomRole } from "../../../api/types";
import { rowName } from "../../../lib/rows";
import { useProjectScope } from "../../../lib/scope";
import { customRoles as m } from "../../../messages/en/access";
import { admin } from "../../../messages/en/admin";
import { builtInRoles } from "../../../messages/en/roles";
import { buttonClass } from "../../../ui/Button";
import type { Column } from "../../../ui/DataTable";
import { RelativeTime } from "../../../ui/Time";
import { EditableList, FirstFew } from "../../EditableList";
import { ImpactNote } from "../access/ImpactNote";
import { adminPaths } from "../paths";
import { RoleDialog } from "./RoleDialog";

/** Permissions shown in a row; the count says how many there are. */
const NAMED = 3;

export function Roles() {
  const { org } = useProjectScope();
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
      cell: ({ spec: { permissions } }) => <FirstFew all={permissions} most={NAMED} count={m.count} />,
    },
    { id: "levels", header: m.levels, cell: (row) => row.spec.levels.map((level) => m.level[level]).join(", ") },
    { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  return (
    <EditableList
      kind="CustomRole"
      scope={{ org }}
      id="custom-roles"
      words={m}
      subject="custom_role"
      columns={columns}
      actions={
        <Link to={adminPaths.builtInRoles({ org })} className={buttonClass()}>
          <Grid3x3 size={16} aria-hidden />
          {builtInRoles.link}
        </Link>
      }
      dialog={(role, close) => <RoleDialog org={org} role={role} onClose={close} />}
      beforeDelete={(role) => <ImpactNote kind="CustomRole" object={role} change="delete" />}
    />
  );
}
