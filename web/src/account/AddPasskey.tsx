// Adds a passkey: name it, and the browser makes it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import type { PasskeyChallenge, RecoveryCodes } from "../api/types-people";
import { declined, makePasskey } from "../lib/webauthn";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { PasswordField } from "../session/PasswordField";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { ShownCodes } from "./ShownCodes";

const m = session.account.factors;

export function AddPasskey({ asksPassword, onChanged, onClose }: { asksPassword: boolean; onChanged: () => Promise<void>; onClose: () => void }) {
  const [name, setName] = useState(m.passkeyName);
  const [password, setPassword] = useState("");
  const add = useMutation({
    mutationFn: async () => {
      const { ticket, options } = await api.post<PasskeyChallenge>("/me/second-factors/passkey-challenge", { current_password: password });
      return api.post<RecoveryCodes>("/me/second-factors/passkey", { ticket, name, credential: await makePasskey(options) });
    },
    onSuccess: async (made) => {
      await onChanged();
      if (!made.recovery_codes) onClose();
    },
  });
  if (add.data?.recovery_codes) return <ShownCodes codes={add.data.recovery_codes} onClose={onClose} />;
  const error = add.error instanceof ApiError ? add.error : undefined;
  const [atName, atPassword] = [error?.field("name"), error?.field("current_password")];
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.passkeyTitle}
      description={m.passkeyText}
      onSubmit={() => add.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={name.trim() === ""}>
            {m.addPasskey}
          </Button>
        </>
      }
    >
      {add.error && !atName && !atPassword && !declined(add.error) && <ErrorPanel error={add.error} />}
      <TextField label={m.name} help={m.nameHelp} value={name} onChange={setName} {...(atName ? { error: atName } : {})} input={{ autoComplete: "off", required: true }} />
      {asksPassword && (
        <PasswordField label={m.confirmPassword} value={password} onChange={setPassword} autoComplete="current-password" {...(atPassword ? { error: atPassword } : {})} />
      )}
    </Dialog>
  );
}
