// Makes a group, or changes who is in it.
import { X } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import { useCreate, useUpdate } from "../../../api/hooks";
import type { Group } from "../../../api/types";
import { admin } from "../../../messages/en/admin";
import { groups as m } from "../../../messages/en/groups";
import { ui } from "../../../messages/en/ui";
import { Button, IconButton } from "../../../ui/Button";
import { Combobox } from "../../../ui/Combobox";
import { Dialog } from "../../../ui/Dialog";
import { Field, FieldError, TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { NameFields, useNameFields } from "../NameFields";
import { ImpactNote } from "../access/ImpactNote";
import { rowName } from "../../../lib/rows";

export function GroupDialog({ org, group, onClose }: { org: string; group: Group | undefined; onClose: () => void }) {
  const fields = useNameFields(group?.metadata.display_name, group?.metadata.name);
  const [members, setMembers] = useState<string[]>(group?.spec.members ?? []);
  const users = useAll("User", {}, { sort: "name" });
  const create = useCreate("Group", { org });
  const update = useUpdate("Group");
  const failure = create.error ?? update.error;
  const error = failure instanceof ApiError ? failure : undefined;
  const title = (name: string) => {
    const user = users.items?.find((one) => one.metadata.name === name);
    return user ? rowName(user) : name;
  };
  const moved = group !== undefined && [...members].sort().join() !== [...group.spec.members].sort().join();
  const done = () => {
    toast(admin.common.saved);
    onClose();
  };
  const submit = () => {
    if (!fields.ok) return;
    if (group) update.mutate({ object: group, metadata: { display_name: fields.title }, spec: { members } }, { onSuccess: done });
    else create.mutate({ metadata: { name: fields.name, display_name: fields.title }, spec: { members } }, { onSuccess: done });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={group ? m.edit(rowName(group)) : m.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!fields.ok} busy={create.isPending || update.isPending}>
            {group ? admin.common.save : admin.common.create}
          </Button>
        </>
      }
    >
      {group ? <TextField label={admin.common.displayName} value={fields.title} onChange={fields.setTitle} /> : <NameFields fields={fields} error={error?.field("metadata.name")} />}
      <Field label={m.add} help={m.addHelp}>
        {(control) => (
          <Combobox
            control={control}
            value={null}
            onChange={(name) => name !== null && setMembers([...members, name])}
            options={(users.items ?? []).filter((user) => !members.includes(user.metadata.name)).map((user) => ({ value: user.metadata.name, label: rowName(user), help: user.spec.email }))}
          />
        )}
      </Field>
      {members.length > 0 && (
        <ul aria-label={m.members} className="flex flex-col divide-y divide-line rounded-md border border-line">
          {members.map((name, index) => (
            <li key={name} className="flex flex-col px-3 py-1">
              <span className="flex items-center gap-2">
                {title(name)} <code className="text-muted">{name}</code>
                <IconButton label={m.remove(title(name))} size="small" className="ml-auto" onClick={() => setMembers(members.filter((one) => one !== name))}>
                  <X size={14} aria-hidden />
                </IconButton>
              </span>
              <FieldError message={error?.field(`spec.members.${index}`)} />
            </li>
          ))}
        </ul>
      )}
      {group && moved && <ImpactNote kind="Group" object={group} change={{ spec: { members } }} />}
      {failure && <ErrorPanel error={failure} />}
    </Dialog>
  );
}
