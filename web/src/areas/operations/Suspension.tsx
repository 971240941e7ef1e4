// Suspends an organization after a question, and lets it go on.
import { PauseCircle, PlayCircle } from "lucide-react";
import { useState } from "react";
import { useAction } from "../../api/hooks";
import type { Organization } from "../../api/types";
import { rowName } from "../../lib/rows";
import { suspension as m } from "../../messages/en/tenants";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { toast } from "../../ui/Toast";

/** As many as the server takes. */
const REASON_MAX = 500;

export function Suspension({ organization }: { organization: Organization }) {
  const act = useAction("Organization");
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const { suspended } = organization.spec;
  const close = () => {
    setAsking(false);
    setReason("");
  };
  return (
    <>
      <Button icon={suspended ? <PlayCircle size={16} aria-hidden /> : <PauseCircle size={16} aria-hidden />} variant={suspended ? "primary" : "danger"} onClick={() => setAsking(true)}>
        {suspended ? m.resume : m.suspend}
      </Button>
      {suspended ? (
        <ConfirmDialog
          open={asking}
          onClose={close}
          danger={false}
          title={m.resumeTitle(rowName(organization))}
          verb={m.resumeDo}
          onConfirm={async () => {
            await act.mutateAsync({ object: organization, action: "resume", body: {} });
            toast(m.resumed(rowName(organization)));
          }}
        >
          <p>{m.resumeText}</p>
        </ConfirmDialog>
      ) : (
        <ConfirmDialog
          open={asking}
          onClose={close}
          title={m.suspendTitle(rowName(organization))}
          verb={m.suspendDo}
          typeName={organization.metadata.name}
          onConfirm={async () => {
            await act.mutateAsync({ object: organization, action: "suspend", body: { reason: reason.trim() } });
            toast(m.suspended(rowName(organization)));
          }}
        >
          <p>{m.suspendText}</p>
          <TextField label={m.reason} help={m.reasonHelp} required value={reason} onChange={setReason} input={{ maxLength: REASON_MAX }} />
        </ConfirmDialog>
      )}
    </>
  );
}
