// Before people launch another version: what changes for them, and whom it reaches.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys, useAction } from "../../../api/hooks";
import { designer } from "../../../messages/en/designer";
import { duties } from "../../../messages/en/duties";
import { ui } from "../../../messages/en/ui";
import type { ValueChange } from "../../../lib/diff";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { ApiError } from "../../../api/error";
import { rowName } from "../../../lib/rows";
import { sharedWith } from "../profiles/Profiles";
import { type Profile, kindOf, waits } from "../profiles/rows";
import { Asked, DraftDiff } from "../approvals/DraftDiff";
import { DeadlineField, readLocalTime } from "./DeadlineField";
import { FleetPlan } from "./FleetPlan";
import { PartLink } from "./PartLink";
import { at } from "./context";
import { useFleetPlan } from "./server";

const m = designer.publish;

export interface PublishDialogProps {
  profile: Profile;
  scope: { org: string; project: string };
  /** Since the published version; undefined where there is none. */
  changes: ValueChange[] | undefined;
  onClose: () => void;
}

export function PublishDialog({ profile, scope, changes, onClose }: PublishDialogProps) {
  const client = useQueryClient();
  const kind = kindOf(profile);
  const [note, setNote] = useState("");
  const [deadline, setDeadline] = useState("");
  const publish = useAction(kind);
  const plan = useFleetPlan(kind, scope, profile, true);
  const name = rowName(profile);
  const until = readLocalTime(deadline);
  const fields = publish.error instanceof ApiError ? publish.error.fields : [];
  // Nothing went wrong: somebody else decides, and was told.
  const kept = publish.error instanceof ApiError && publish.error.code === "approval_required" ? publish.error : undefined;
  const waiting = waits(profile) ? profile.status.waiting : undefined;
  const vanishing = fields.some((field) => field.path.startsWith("spec.inputs"));
  const submit = () =>
    publish.mutate(
      { object: profile as never, action: "publish", body: { ...(note.trim() === "" ? {} : { note: note.trim() }), ...(until ? { upgrade_by: until } : {}) } },
      {
        onError: () => client.invalidateQueries({ queryKey: keys.kind(kind) }),
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
      wide
      onClose={onClose}
      title={m.title(name)}
      description={m.text}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{kept ? ui.close : ui.cancel}</Button>
          {!kept && (
            <Button type="submit" variant="primary" busy={publish.isPending}>
              {waiting ? duties.waiting.approve : m.do}
            </Button>
          )}
        </>
      }
    >
      {kept && (
        <Notice tone="waiting">
          <p role="status">{kept.message}</p>
        </Notice>
      )}
      {waiting && !kept && <Asked waiting={waiting} />}
      <p>{m.offered(sharedWith(profile))}</p>
      {changes === undefined ? (
        !profile.status.published && <p className="text-muted">{m.first}</p>
      ) : (
        <div>
          <p className="font-medium">{m.changed}</p>
          <ul className="max-h-32 list-disc overflow-auto pl-5">
            {changes.map((change) => (
              <li key={change.path}>
                <code>{change.path}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {waiting && <DraftDiff kind={kind} scope={scope} name={profile.metadata.name} />}
      <section className="flex flex-col gap-2" aria-label={designer.fleet.title}>
        <h3 className="font-medium">{designer.fleet.title}</h3>
        {plan.isLoading && <p className="text-muted">{m.looking}</p>}
        {plan.error && <ErrorPanel error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.data && <FleetPlan plan={plan.data} />}
      </section>
      <TextField label={m.note} optional help={m.noteHelp} value={note} onChange={setNote} {...at(fields.find((field) => field.path === "note")?.message)} />
      {plan.data && plan.data.instances.length > 0 && <DeadlineField value={deadline} onChange={setDeadline} error={fields.find((field) => field.path === "upgrade_by")?.message} />}
      {publish.error && !kept && <ErrorPanel error={publish.error} {...(vanishing ? { title: m.refused } : {})} />}
      {vanishing && (
        <PartLink part="inputs" className="self-start font-medium text-accent-ink underline" onClick={onClose}>
          {m.toInputs}
        </PartLink>
      )}
    </Dialog>
  );
}
