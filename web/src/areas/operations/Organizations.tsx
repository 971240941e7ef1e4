// Tenants of the platform.
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2 } from "lucide-react";
import { useState } from "react";
import { usePermissions } from "../../api/session";
import type { Organization } from "../../api/types";
import { paths } from "../../lib/paths";
import { admin } from "../../messages/en/admin";
import { operations as m } from "../../messages/en/operations";
import { suspension } from "../../messages/en/tenants";
import { buttonClass } from "../../ui/Button";
import type { Column } from "../../ui/DataTable";
import { RelativeTime } from "../../ui/Time";
import { rowName } from "../../lib/rows";
import { ListPage } from "../ListPage";
import { NewOrganization } from "./NewOrganization";

export const organizationPath = (name: string) => `${paths.operations()}/orgs/${encodeURIComponent(name)}`;

export function Organizations() {
  const navigate = useNavigate();
  const { can } = usePermissions({});
  const [making, setMaking] = useState(false);
  const columns: Column<Organization>[] = [
    {
      id: "name",
      header: admin.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={organizationPath(row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "description", header: admin.common.description, cell: (row) => row.metadata.description || admin.common.none },
    {
      id: "state",
      header: suspension.state,
      cell: ({ spec }) => (spec.suspended ? <span className="text-failed" title={spec.suspended.reason}>{suspension.isSuspended}</span> : suspension.active),
    },
    { id: "currency", header: m.currency, cell: (row) => row.spec.currency },
    { id: "created", header: admin.common.created, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  return (
    <ListPage
      kind="Organization"
      scope={{}}
      id="organizations"
      words={m}
      columns={columns}
      icon={<Building2 size={28} aria-hidden />}
      onNew={can("organization.create") ? () => setMaking(true) : undefined}
      onOpen={(row) => void navigate({ to: organizationPath(row.metadata.name) })}
      rowActions={(row) => (
        <Link to={paths.admin({ org: row.metadata.name })} className={buttonClass("quiet", "small")}>
          {m.administer}
        </Link>
      )}
    >
      {making && <NewOrganization onClose={() => setMaking(false)} />}
    </ListPage>
  );
}
