// Identity providers of the organization.
import type { IdentityProvider } from "../../../api/types-providers";
import { useProjectScope } from "../../../lib/scope";
import { providers as m } from "../../../messages/en/providers";
import type { Column } from "../../../ui/DataTable";
import { RelativeTime } from "../../../ui/Time";
import { EditableList } from "../../EditableList";
import { nameColumn } from "../name-column";
import { ProviderDialog } from "./ProviderDialog";

const COLUMNS: Column<IdentityProvider>[] = [
  nameColumn,
  { id: "issuer", header: m.issuer, cell: (row) => <span className="break-all">{row.spec.issuer}</span> },
  { id: "accounts", header: m.makesAccounts, cell: (row) => (row.spec.just_in_time ? m.yes : m.no) },
  { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
];

export function Providers() {
  const { org } = useProjectScope();
  return (
    <EditableList
      kind="IdentityProvider"
      scope={{ org }}
      id="identity-providers"
      words={m}
      subject="identity_provider"
      columns={COLUMNS}
      dialog={(provider, close) => <ProviderDialog org={org} provider={provider} onClose={close} />}
    />
  );
}
