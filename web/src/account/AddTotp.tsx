// Sets up an authenticator app: name it, scan, show a code.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import type { RecoveryCodes, TotpSetup } from "../api/types-people";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { PasswordField } from "../session/PasswordField";
import { Button } from "../ui/Button";
import { CodeBlock } from "../ui/CodeBlock";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { ShownCodes } from "./ShownCodes";

const m = session.account.factors;
const at = (error: unknown, path: string) => (error instanceof ApiError ? error.field(path) : undefined);

export function AddTotp({ asksPassword, onChanged, onClose }: { asksPassword: boolean; onChanged: () => Promise<void>; onClose: () => void }) {
  const [name, setName] = useState(m.totpName);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: () => api.post<TotpSetup>("/me/second-factors/totp", { name, current_password: password }) });
  const confirm = useMutation({
    mutationFn: (id: string) => api.post<RecoveryCodes>(`/me/second-factors/totp/${encodeURIComponent(id)}/confirm`, { code }),
    onSuccess: async (made) => {
      await onChanged();
      if (!made.recovery_codes) onClose();
    },
  });
  if (confirm.data?.recovery_codes) return <ShownCodes codes={confirm.data.recovery_codes} onClose={onClose} />;
  const setup = begin.data;
  if (setup) {
    const wrong = at(confirm.error, "code");
    return (
      <Dialog
        open
        onClose={onClose}
        title={m.totpTitle}
        description={m.scan}
        onSubmit={() => confirm.mutate(setup.id)}
        footer={
          <>
            <Button onClick={onClose}>{ui.cancel}</Button>
            <Button type="submit" variant="primary" busy={confirm.isPending} disabled={code.trim().length < 6}>
              {m.confirm}
            </Button>
          </>
        }
      >
        {confirm.error && !wrong && <ErrorPanel error={confirm.error} />}
        {/* Cameras need dark on light, whatever the theme. */}
        <svg role="img" aria-label={m.qr} viewBox={`0 0 ${setup.qr.size} ${setup.qr.size}`} shapeRendering="crispEdges" className="size-48 self-center rounded-md">
          <rect width={setup.qr.size} height={setup.qr.size} fill="#fff" />
          <path d={setup.qr.path} fill="#000" />
        </svg>
        <CodeBlock code={setup.secret.replace(/(.{4})(?=.)/g, "$1 ")} label={m.key} />
        <TextField
          label={m.code}
          value={code}
          onChange={setCode}
          {...(wrong ? { error: wrong } : {})}
          input={{ inputMode: "numeric", autoComplete: "one-time-code", maxLength: 7, required: true, autoFocus: true, className: "font-mono" }}
        />
      </Dialog>
    );
  }
  const [atName, atPassword] = [at(begin.error, "name"), at(begin.error, "current_password")];
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.totpTitle}
      onSubmit={() => begin.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={begin.isPending} disabled={name.trim() === ""}>
            {m.next}
          </Button>
        </>
      }
    >
      {begin.error && !atName && !atPassword && <ErrorPanel error={begin.error} />}
      <TextField label={m.name} help={m.nameHelp} value={name} onChange={setName} {...(atName ? { error: atName } : {})} input={{ autoComplete: "off", required: true }} />
      {asksPassword && (
        <PasswordField label={m.confirmPassword} value={password} onChange={setPassword} autoComplete="current-password" {...(atPassword ? { error: atPassword } : {})} />
      )}
    </Dialog>
  );
}
