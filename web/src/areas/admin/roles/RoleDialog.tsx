// Makes a role of the organization's own, or changes what it may do.
import { useMemo, useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate, useUpdate } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { CustomRole } from "../../../api/types";
import { rowName } from "../../../lib/rows";
import { customRoles as m } from "../../../messages/en/access";
import { admin } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Checkbox, FieldError, TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { NameFields, useNameFields } from "../NameFields";
import { ImpactNote } from "../access/ImpactNote";
import { PermissionPicker } from "../access/PermissionPicker";
import { PERMISSIONS } from "../access/permissions";

/** What no organization has to give is not offered; the server has the rule and refuses it in any case. */
const OFFERED = PERMISSIONS.filter((one) => !/^(user|target|system_profile)\.(?!view$)|^organization\.(create|delete)$|\.connect$/.test(one));

const LEVELS = ["org", "project", "workspace"] as const;
type Level = (typeof LEVELS)[number];

export function RoleDialog({ org, role, onClose }: { org: string; role: CustomRole | undefined; onClose: () => void }) {
  const fields = useNameFields(role?.metadata.display_name, role?.metadata.name);
  const [description, setDescription] = useState(role?.metadata.description ?? "");
  const [levels, setLevels] = useState<Level[]>(role?.spec.levels ?? ["project"]);
  const [chosen, setChosen] = useState<string[]>(role?.spec.permissions ?? []);
  const { can } = usePermissions({ org });
  const create = useCreate("CustomRole", { org });
  const update = useUpdate("CustomRole");
  const failure = create.error ?? update.error;
  const error = failure instanceof ApiError ? failure : undefined;
  const spec = useMemo(() => ({ permissions: PERMISSIONS.filter((one) => chosen.includes(one)) as string[], levels: LEVELS.filter((one) => levels.includes(one)) }), [chosen, levels]);
  const ok = fields.ok && spec.permissions.length > 0 && spec.levels.length > 0;
  const changed = role !== undefined && (spec.permissions.join() !== PERMISSIONS.filter((one) => role.spec.permissions.includes(one)).join());
  const done = () => {
    toast(admin.common.saved);
    onClose();
  };
  const submit = () => {
    if (!ok) return;
    const metadata = { display_name: fields.title, description };
    if (role) update.mutate({ object: role, metadata, spec }, { onSuccess: done });
    else create.mutate({ metadata: { name: fields.name, ...metadata }, spec }, { onSuccess: done });
  };
  const toggle = <T,>(list: T[], one: T, on: boolean) => (on ? [...list, one] : list.filter((other) => other !== one));
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={role ? m.edit(rowName(role)) : m.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={create.isPending || update.isPending}>
            {role ? admin.common.save : admin.common.create}
          </Button>
        </>
      }
    >
      {role ? <TextField label={admin.common.displayName} value={fields.title} onChange={fields.setTitle} /> : <NameFields fields={fields} error={error?.field("metadata.name")} />}
      <TextField label={m.description} optional value={description} onChange={setDescription} />
      <fieldset className="flex flex-wrap gap-4">
        <legend className="mb-1 font-medium">{m.levels}</legend>
        {LEVELS.map((level) => (
          <Checkbox key={level} label={m.level[level]} checked={levels.includes(level)} onChange={(on) => setLevels(toggle(levels, level, on))} />
        ))}
        <FieldError message={error?.field("spec.levels")} />
      </fieldset>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">
          {m.permissions} <span className="font-normal text-muted">{m.count(chosen.length)}</span>
        </legend>
        <p className="text-12 text-muted">{m.lacking}</p>
        <PermissionPicker offered={OFFERED} chosen={chosen} onChange={setChosen} allowed={can} />
      </fieldset>
      {changed && ok && <ImpactNote kind="CustomRole" object={role} change={{ spec }} />}
      {failure && <ErrorPanel error={failure} />}
    </Dialog>
  );
}
