// Another end or reason for a role that somebody has.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import type { RoleBinding } from "../../../api/types";
import { roleText, whoOf } from "../../../lib/bindings";
import { admin } from "../../../messages/en/admin";
import { duties } from "../../../messages/en/duties";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { EndFields, localText, momentOf } from "./EndFields";

const m = duties.binding;

export function ChangeEnd({ binding, onClose }: { binding: RoleBinding; onClose: () => void }) {
  const before = binding.spec.expires_at ? localText(new Date(binding.spec.expires_at)) : "";
  const [ends, setEnds] = useState(before);
  const [reason, setReason] = useState(binding.spec.reason ?? "");
  const update = useUpdate("RoleBinding");
  const error = update.error instanceof ApiError ? update.error : undefined;
  const submit = () => {
    const { expires_at: until, reason: _, ...kept } = binding.spec;
    // The field knows minutes: what was not touched stays to the second.
    const moment = ends === before ? until : momentOf(ends);
    const spec = { ...kept, ...(moment ? { expires_at: moment } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) };
    update.mutate(
      { object: binding, spec },
      {
        onSuccess: () => {
          toast(m.saved);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title(whoOf(binding.spec), roleText(binding.spec))}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={update.isPending}>
            {admin.common.save}
          </Button>
        </>
      }
    >
      <EndFields ends={ends} onEnds={setEnds} reason={reason} onReason={setReason} endsError={error?.field("spec.expires_at")} reasonError={error?.field("spec.reason")} />
      {update.error && <ErrorPanel error={update.error} />}
    </Dialog>
  );
}
