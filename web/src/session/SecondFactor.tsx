// The second step of signing in: a code, a passkey or a recovery code.
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import type { Me } from "../api/types";
import type { FactorType, SecondFactorAsked } from "../api/types-people";
import { declined, passkeysWork, showPasskey } from "../lib/webauthn";
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ErrorPanel, Notice } from "../ui/Page";
import { SessionPage } from "./SessionPage";

const m = session.second;

export function SecondFactor({ asked, onDone, onBack }: { asked: SecondFactorAsked; onDone: (me: Me) => Promise<void>; onBack: () => void }) {
  const possible = asked.second_factor.filter((one) => one !== "passkey" || (asked.passkey && passkeysWork()));
  const [way, setWay] = useState<FactorType>(possible[0] ?? "recovery");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const show = async (what: Partial<Record<FactorType, unknown>>) => {
    setBusy(true);
    setError(undefined);
    try {
      await onDone(await api.post<Me>("/session/second-factor", { ticket: asked.ticket, ...what }));
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const usePasskey = async () => {
    if (!asked.passkey) return;
    setBusy(true);
    try {
      await show({ passkey: await showPasskey(asked.passkey) });
    } catch (cause) {
      setBusy(false);
      if (!declined(cause)) setError(cause);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void show({ [way]: code.trim() });
  };
  const refused = error instanceof ApiError && error.status === 401;
  const others = possible.filter((one) => one !== way);
  return (
    <SessionPage title={m.title} text={m.text[way]}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {refused && (
          <div role="alert">
            <Notice tone="failed">{error.message}</Notice>
          </div>
        )}
        {error !== undefined && !refused && <ErrorPanel error={error} />}
        {way === "passkey" ? (
          <Button variant="primary" busy={busy} onClick={() => void usePasskey()}>
            {m.usePasskey}
          </Button>
        ) : (
          <>
            <TextField
              key={way}
              label={way === "totp" ? m.code : m.recovery}
              value={code}
              onChange={setCode}
              input={{
                required: true,
                autoFocus: true,
                autoComplete: way === "totp" ? "one-time-code" : "off",
                className: "font-mono",
                ...(way === "totp" ? { inputMode: "numeric" as const, maxLength: 7 } : { spellCheck: false }),
              }}
            />
            <Button type="submit" variant="primary" busy={busy}>
              {session.signIn}
            </Button>
          </>
        )}
        <div className="flex flex-col items-start gap-1">
          {others.map((one) => (
            <Button
              key={one}
              variant="quiet"
              onClick={() => {
                setWay(one);
                setCode("");
                setError(undefined);
              }}
            >
              {m.instead[one]}
            </Button>
          ))}
          <Button variant="quiet" onClick={onBack}>
            {m.back}
          </Button>
        </div>
      </form>
    </SessionPage>
  );
}
