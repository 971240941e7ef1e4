import { useParams, useSearch } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { useLook } from "../api/look";
import type { Me } from "../api/types";
import { type PasskeyChallenge, type SecondFactorAsked, type SignInAnswer, isSignedIn } from "../api/types-people";
import { declined, passkeysWork, showPasskey } from "../lib/webauthn";
import { providers } from "../messages/en/providers";
import { session as m } from "../messages/en/session";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ErrorPanel, Notice } from "../ui/Page";
import { OrganizationSignIn } from "./OrganizationSignIn";
import { PasswordField } from "./PasswordField";
import { SecondFactor } from "./SecondFactor";
import { SessionPage } from "./SessionPage";
import { useSignedIn } from "./use-signed-in";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState<"password" | "passkey">();
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState<SecondFactorAsked>();
  // At /o/{org} the page has that organization's look; one that is not there has none.
  const { org: own } = useParams({ strict: false }) as { org?: string };
  const { next, org: failed, sso } = useSearch({ strict: false }) as { next?: string; org?: string; sso?: string };
  const org = own ?? failed;
  const look = useLook(org ?? "");
  const signedIn = useSignedIn(next);

  const attempt = async (how: "password" | "passkey", work: () => Promise<void>) => {
    setBusy(how);
    setError(undefined);
    try {
      await work();
    } catch (cause) {
      if (!declined(cause)) setError(cause);
    } finally {
      setBusy(undefined);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt("password", async () => {
      const answer = await api.post<SignInAnswer>("/session", { email: email.trim(), password });
      if (isSignedIn(answer)) await signedIn(answer);
      else setAsked(answer);
    });
  };
  const byPasskey = () =>
    attempt("passkey", async () => {
      const { ticket, options } = await api.post<PasskeyChallenge>("/session/passkey-challenge", {});
      await signedIn(await api.post<Me>("/session/passkey", { ticket, credential: await showPasskey(options) }));
    });
  if (asked)
    return (
      <SecondFactor
        asked={asked}
        onDone={signedIn}
        onBack={() => {
          setAsked(undefined);
          setPassword("");
        }}
      />
    );
  const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
  return (
    <SessionPage title={m.signIn} look={look}>
      {sso && error === undefined && (
        <div role="alert">
          <Notice tone="failed">{providers.page.errors[sso] ?? providers.page.errors.failed}</Notice>
        </div>
      )}
      <form onSubmit={submit} className="flex flex-col gap-4">
        {refused && (
          <div role="alert">
            <Notice tone="failed">{error.message}</Notice>
          </div>
        )}
        {error !== undefined && !refused && <ErrorPanel error={error} />}
        <TextField label={m.email} value={email} onChange={setEmail} input={{ type: "email", autoComplete: "username", required: true, autoFocus: true }} />
        <PasswordField label={m.password} value={password} onChange={setPassword} autoComplete="current-password" />
        <Button type="submit" variant="primary" busy={busy === "password"}>
          {m.signIn}
        </Button>
        {passkeysWork() && (
          <Button icon={<KeyRound size={16} aria-hidden />} busy={busy === "passkey"} onClick={() => void byPasskey()}>
            {m.withPasskey}
          </Button>
        )}
      </form>
      <OrganizationSignIn org={org} next={next} />
    </SessionPage>
  );
}
