// Checks a whole chain and says what was found.
import { useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { api } from "../../../api/client";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel, Notice } from "../../../ui/Page";
import type { AuditCheck } from "./entries";

export function CheckTrail({ org }: { org: string | undefined }) {
  const check = useMutation({ mutationFn: () => api.get<AuditCheck>("/audit-entries/verify", { org }) });
  const open = check.isPending || check.isSuccess || check.isError;
  return (
    <>
      <Button icon={<ShieldCheck size={16} aria-hidden />} onClick={() => check.mutate()}>
        {m.audit.check}
      </Button>
      <Dialog open={open} onClose={check.reset} title={m.audit.check} footer={<Button onClick={check.reset}>{ui.close}</Button>}>
        <div role="status">
          {check.isPending && <p>{m.audit.checking}</p>}
          {check.error && <ErrorPanel error={check.error} onRetry={() => check.mutate()} />}
          {check.data?.intact && (
            <Notice tone="working">
              {m.audit.checkIntact(check.data.entries, check.data.checkpoints)}
              {check.data.first > 1 && ` ${m.audit.checkFrom(check.data.first)}`}
            </Notice>
          )}
          {check.data && !check.data.intact && (
            <Notice tone="failed">
              <p className="font-medium">{m.audit.checkBroken(check.data.broken_at ?? 0, check.data.reason ?? "")}</p>
              <p>{m.audit.checkBrokenNext}</p>
            </Notice>
          )}
        </div>
      </Dialog>
    </>
  );
}
