// Makes a service account, or changes what it is called.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate, useUpdate } from "../../../api/hooks";
import type { ServiceAccount } from "../../../api/types";
import { rowName } from "../../../lib/rows";
import { admin } from "../../../messages/en/admin";
import { serviceAccounts as m } from "../../../messages/en/service-accounts";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { NameFields, useNameFields } from "../NameFields";

export function AccountDialog({ org, account, onClose }: { org: string; account: ServiceAccount | undefined; onClose: (made?: string) => void }) {
  const fields = useNameFields(account?.metadata.display_name, account?.metadata.name);
  const [description, setDescription] = useState(account?.metadata.description ?? "");
  const create = useCreate("ServiceAccount", { org });
  const update = useUpdate("ServiceAccount");
  const failure = create.error ?? update.error;
  const error = failure instanceof ApiError ? failure : undefined;
  const done = (made: ServiceAccount) => {
    toast(admin.common.saved);
    onClose(account ? undefined : made.metadata.name);
  };
  const submit = () => {
    if (!fields.ok) return;
    const metadata = { display_name: fields.title, description };
    if (account) update.mutate({ object: account, metadata, spec: account.spec }, { onSuccess: done });
    else create.mutate({ metadata: { name: fields.name, ...metadata }, spec: { active: true } }, { onSuccess: done });
  };
  return (
    <Dialog
      open
      onClose={() => onClose()}
      title={account ? m.edit(rowName(account)) : m.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={() => onClose()}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!fields.ok} busy={create.isPending || update.isPending}>
            {account ? admin.common.save : admin.common.create}
          </Button>
        </>
      }
    >
      {account ? <TextField label={admin.common.displayName} value={fields.title} onChange={fields.setTitle} /> : <NameFields fields={fields} error={error?.field("metadata.name")} />}
      <TextField label={m.description} optional value={description} onChange={setDescription} />
      {failure && <ErrorPanel error={failure} />}
    </Dialog>
  );
}
