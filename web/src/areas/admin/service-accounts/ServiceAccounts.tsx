// Programs with roles and tokens of their own.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { usePermissions } from "../../../api/session";
import type { ServiceAccount } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { serviceAccounts as m } from "../../../messages/en/service-accounts";
import type { Column } from "../../../ui/DataTable";
import { StateBadge } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { ListPage } from "../../ListPage";
import { nameColumn } from "../name-column";
import { adminPaths } from "../paths";
import { AccountDialog } from "./AccountDialog";

export function AccountState({ account }: { account: ServiceAccount }) {
  return account.spec.active ? <StateBadge tone="running">{m.active}</StateBadge> : <StateBadge tone="stopped">{m.inactive}</StateBadge>;
}

export function ServiceAccounts() {
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const open = (name: string) => void navigate({ to: adminPaths.serviceAccount({ org }, name) });
  const columns: Column<ServiceAccount>[] = [
    nameColumn,
    { id: "state", header: m.state, cell: (row) => <AccountState account={row} /> },
    { id: "description", header: m.description, cell: (row) => row.metadata.description ?? "" },
    { id: "made", header: m.made, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
    { id: "by", header: m.by, cell: (row) => row.metadata.created_by },
  ];
  return (
    <ListPage
      kind="ServiceAccount"
      scope={{ org }}
      id="service-accounts"
      words={m}
      columns={columns}
      onNew={can("service_account.create") ? () => setMaking(true) : undefined}
      onOpen={(row) => open(row.metadata.name)}
    >
      {making && (
        <AccountDialog
          org={org}
          account={undefined}
          onClose={(made) => {
            setMaking(false);
            if (made) open(made);
          }}
        />
      )}
    </ListPage>
  );
}
