// What is said about a version afterwards: its state, its note, and until when instances of older ones may stay.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { ApiError } from "../../../api/error";
import { keys } from "../../../api/hooks";
import { itemPath } from "../../../api/kinds";
import type { ProfileVersion, VersionState } from "../../../api/types-versions";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, SelectField, TextArea } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { type Profile, kindOf } from "../profiles/rows";
import { DeadlineField, localTime, readLocalTime } from "./DeadlineField";

const m = designer.versions;

export function VersionDialog({ profile, version, title, onClose }: { profile: Profile; version: ProfileVersion; title: string; onClose: () => void }) {
  const client = useQueryClient();
  const kind = kindOf(profile);
  const { org = "", project = "", name } = profile.metadata;
  const scope = { org, project };
  const [state, setState] = useState<VersionState>(version.state);
  const [note, setNote] = useState(version.note);
  const [deadline, setDeadline] = useState(localTime(version.upgrade_by));
  const save = useMutation({
    mutationFn: () => api.put<Profile>(`${itemPath(kind, scope, name)}/versions/${version.generation}`, { state, note, upgrade_by: readLocalTime(deadline) ?? null }),
    onSuccess: (stored) => {
      client.setQueryData(keys.item(kind, scope, name), stored);
      toast(m.kept(title));
      onClose();
    },
  });
  const errorAt = (path: string) => (save.error instanceof ApiError ? save.error.field(path) : undefined);
  const states: VersionState[] = version.state === "published" ? ["published"] : ["deprecated", "retired"];
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      onSubmit={() => save.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            {m.keep}
          </Button>
        </>
      }
    >
      {states.length > 1 && (
        <SelectField label={m.state} help={m.stateHelp[state]} value={state} onChange={(next) => setState(next as VersionState)} options={states.map((value) => ({ value, label: m.states[value] }))} />
      )}
      <Field label={designer.publish.note} optional help={designer.publish.noteHelp}>
        {(control) => <TextArea {...control} rows={3} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      {version.state === "published" && <DeadlineField value={deadline} onChange={setDeadline} error={errorAt("upgrade_by")} />}
      {save.error && !errorAt("upgrade_by") && <ErrorPanel error={save.error} />}
    </Dialog>
  );
}
