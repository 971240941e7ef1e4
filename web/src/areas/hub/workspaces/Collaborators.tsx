// Who has a role in this workspace.
import { UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { useCreate, useDelete, useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Role, RoleBinding, Scope } from "../../../api/types";
import { access } from "../../../messages/en/access";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { roleText, whoOf } from "../../../lib/bindings";
import { suggestName } from "../../../lib/name";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ConfirmDialog, Dialog } from "../../../ui/Dialog";
import { SelectField } from "../../../ui/Field";
import { ErrorPanel, Section } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { Until } from "../../admin/bindings/Until";
import { PersonField } from "../PersonField";

const m = hub.workspaces;
const ROLES = ["workspace_collaborator", "workspace_reader", "workspace_admin"] as const;
const rowId = (row: RoleBinding) => row.metadata.uid;
const rowName = (row: RoleBinding) => whoOf(row.spec);

/** What a role lets somebody do here, in the words of sharing a folder. */
const accessOf = (spec: RoleBinding["spec"]) => m.access[spec.role as (typeof ROLES)[number]] ?? roleText(spec);

export function Collaborators({ scope }: { scope: Scope }) {
  const list = useList("RoleBinding", scope, { limit: 200 });
  useWatch(["RoleBinding"], scope);
  const { can } = usePermissions(scope);
  const remove = useDelete("RoleBinding");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<RoleBinding>();
  const columns: Column<RoleBinding>[] = [
    { id: "person", header: m.person, primary: true, cell: (row) => (row.spec.user ? row.spec.user : `${row.spec.group ?? ""} (${access.groupTag})`), sortValue: rowName },
    { id: "access", header: m.accessLabel, cell: (row) => accessOf(row.spec), sortValue: (row) => accessOf(row.spec) },
    { id: "role", header: m.role, initiallyHidden: true, cell: (row) => roleText(row.spec), sortValue: (row) => roleText(row.spec) },
    { id: "until", header: access.until, cell: (row) => <Until at={row.spec.expires_at} /> },
    { id: "by", header: m.columns.createdBy, cell: (row) => row.metadata.created_by },
    { id: "created", header: m.columns.created, align: "right", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  const add = can("role_binding.create") && (
    <Button icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {m.add}
    </Button>
  );
  return (
    <Section title={m.collaborators} description={m.collaboratorsText} actions={add}>
      <DataTable
        id="collaborators"
        label={m.collaborators}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        rowActions={
          can("role_binding.delete")
            ? (row) => (
                <Button size="small" variant="quiet-danger" onClick={() => setRemoving(row)}>
                  {m.remove}
                </Button>
              )
            : undefined
        }
        empty={{ title: m.noCollaborators, icon: <Users size={28} aria-hidden /> }}
      />
      {adding && <AddCollaborator scope={scope} onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={m.removeTitle(removing ? whoOf(removing.spec) : "")}
        verb={m.remove}
        onConfirm={() => removing && remove.mutateAsync(removing)}
      >
        {m.removeText}
      </ConfirmDialog>
    </Section>
  );
}

function AddCollaborator({ scope, onClose }: { scope: Scope; onClose: () => void }) {
  const [person, setPerson] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("workspace_collaborator");
  const create = useCreate("RoleBinding", scope);
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.add}
      onSubmit={() => person && create.mutate({ metadata: { name: suggestName(person) }, spec: { user: person, role } }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!person} busy={create.isPending}>
            {m.add}
          </Button>
        </>
      }
    >
      {create.error && <ErrorPanel error={create.error} />}
      <PersonField label={m.person} value={person} onChange={setPerson} />
      <SelectField
        label={m.accessLabel}
        value={role}
        onChange={(value) => setRole(value as Role)}
        options={ROLES.map((one) => ({ value: one, label: m.access[one] }))}
        help={m.roleHelp[role as (typeof ROLES)[number]]}
      />
    </Dialog>
  );
}
