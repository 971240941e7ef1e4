// Writes a secret's entries. Values go one way: what is stored never comes back.
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate, useUpdate } from "../../../api/hooks";
import type { Scope, Secret } from "../../../api/types";
import { nameProblem } from "../../../lib/name";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { FieldError, Input, TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { withError } from "../../../ui/with-error";

interface Entry {
  key: string;
  value: string;
  stored: boolean;
}

export function SecretDialog({ scope, secret, onClose }: { scope: Scope; secret?: Secret; onClose: () => void }) {
  const [name, setName] = useState(secret?.metadata.name ?? "");
  const [description, setDescription] = useState(secret?.metadata.description ?? "");
  const [entries, setEntries] = useState<Entry[]>(() =>
    secret ? Object.keys(secret.spec.data).map((key) => ({ key, value: "", stored: true })) : [{ key: "token", value: "", stored: false }],
  );
  const create = useCreate("Secret", scope);
  const update = useUpdate("Secret");
  const failure = create.error ?? update.error;
  const error = failure instanceof ApiError ? failure : undefined;
  const problem = name === "" ? undefined : nameProblem(name);
  const ok = name !== "" && !problem && entries.length > 0 && entries.every((entry) => entry.key !== "" && (entry.stored || entry.value !== ""));
  const change = (index: number, patch: Partial<Entry>) => setEntries(entries.map((entry, i) => (i === index ? { ...entry, ...patch } : entry)));
  const submit = () => {
    if (!ok) return;
    const data = Object.fromEntries(entries.map((entry) => [entry.key, entry.value]));
    const done = { onSuccess: () => (toast(m.common.saved), onClose()) };
    if (secret) update.mutate({ object: secret, metadata: { description }, spec: { data } }, done);
    else create.mutate({ metadata: { name, description }, spec: { data } }, done);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={secret ? m.secrets.editTitle(secret.metadata.name) : m.secrets.newTitle}
      description={m.secrets.text}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={create.isPending || update.isPending}>
            {m.common.save}
          </Button>
        </>
      }
    >
      {!secret && (
        <TextField
          label={m.common.name}
          required
          value={name}
          onChange={setName}
          {...withError(error?.field("metadata.name") ?? problem)}
          input={{ className: "font-mono", spellCheck: false, autoComplete: "off", autoFocus: true }}
        />
      )}
      <TextField label={m.common.description} optional value={description} onChange={setDescription} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{m.secrets.entries}</legend>
        {entries.map((entry, index) => (
          <div key={index} className="flex flex-col gap-1">
            <div className="flex gap-2">
              <Input
                aria-label={m.secrets.entryName}
                placeholder={m.secrets.entryName}
                value={entry.key}
                readOnly={entry.stored}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => change(index, { key: event.target.value })}
                className="max-w-40 font-mono"
              />
              <Input
                aria-label={`${m.secrets.entryValue} ${entry.key}`}
                placeholder={entry.stored ? m.secrets.keep : m.secrets.entryValue}
                type="password"
                value={entry.value}
                autoComplete="new-password"
                onChange={(event) => change(index, { value: event.target.value })}
              />
              <IconButton label={m.secrets.removeEntry(entry.key || m.secrets.unnamed)} onClick={() => setEntries(entries.filter((_, i) => i !== index))}>
                <X size={16} aria-hidden />
              </IconButton>
            </div>
            <FieldError message={error?.field(`spec.data.${entry.key}`)} />
          </div>
        ))}
        <Button size="small" icon={<Plus size={14} aria-hidden />} className="self-start" onClick={() => setEntries([...entries, { key: "", value: "", stored: false }])}>
          {m.secrets.addEntry}
        </Button>
      </fieldset>
      {failure && <ErrorPanel error={failure} />}
    </Dialog>
  );
}
