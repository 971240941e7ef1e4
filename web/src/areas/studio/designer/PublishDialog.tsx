// Before people launch another version: what changes for them, and whom it reaches.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction } from "../../../api/hooks";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import type { ValueChange } from "../../../lib/diff";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../admin/bindings/roles";
import { sharedWith } from "../profiles/Profiles";
import type { Profile } from "../profiles/rows";

const m = designer.publish;

export interface PublishDialogProps {
  profile: Profile;
  /** Since the published version; undefined where there is none. */
  changes: ValueChange[] | undefined;
  /** Instances of the profile, where the person may see them. */
  reach: number | undefined;
  onClose: () => void;
}

export function PublishDialog({ profile, changes, reach, onClose }: PublishDialogProps) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const publish = useAction(profile.kind === "ComputeProfile" ? "ComputeProfile" : "ServiceProfile");
  const name = rowName(profile);
  const submit = () =>
    publish.mutate(
      { object: profile as never, action: "publish", body: note.trim() === "" ? {} : { note: note.trim() } },
      {
        onSuccess: () => {
          toast(m.done(name));
          void client.invalidateQueries({ queryKey: ["catalogue"] });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title(name)}
      description={m.text}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={publish.isPending}>
            {m.do}
          </Button>
        </>
      }
    >
      <p>{m.offered(sharedWith(profile))}</p>
      {changes === undefined ? (
        <p className="text-muted">{m.first}</p>
      ) : (
        <div>
          <p className="font-medium">{m.changed}</p>
          <ul className="max-h-40 list-disc overflow-auto pl-5">
            {changes.map((change) => (
              <li key={change.path}>
                <code>{change.path}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {reach !== undefined && reach > 0 && <p>{m.reach(reach)}</p>}
      <TextField label={m.note} optional help={m.noteHelp} value={note} onChange={setNote} />
      {publish.error && <ErrorPanel error={publish.error} />}
    </Dialog>
  );
}
