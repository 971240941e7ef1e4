// An invited person sets their password.
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { type SecondFactorAsked, type SignInAnswer, isSignedIn } from "../api/types-people";
import { session as m } from "../messages/en/session";
import { Button } from "../ui/Button";
import { ErrorPanel, Notice } from "../ui/Page";
import { NewPasswordField } from "./NewPasswordField";
import { SecondFactor } from "./SecondFactor";
import { SessionPage, fragmentToken } from "./SessionPage";
import { useSignedIn } from "./use-signed-in";

export function Welcome() {
  const [token] = useState(fragmentToken);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState<SecondFactorAsked>();
  const signedIn = useSignedIn();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const answer = await api.post<SignInAnswer>("/session/link", { token, password });
      if (isSignedIn(answer)) await signedIn(answer);
      else setAsked(answer);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  // The password is set by then: without the second factor one goes on at the sign-in page.
  if (asked) return <SecondFactor asked={asked} onDone={signedIn} onBack={() => window.location.assign(new URL("sign-in", document.baseURI))} />;
  return (
    <SessionPage title={m.welcomeTitle} text={token ? m.welcomeText : undefined}>
      {token ? (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
          {error !== undefined && <ErrorPanel error={error} />}
          <NewPasswordField
            label={m.newPassword}
            value={password}
            onChange={setPassword}
            error={error instanceof ApiError ? error.field("password") : undefined}
          />
          <Button type="submit" variant="primary" busy={busy}>
            {m.welcomeAction}
          </Button>
        </form>
      ) : (
        <Notice tone="waiting">{m.noToken}</Notice>
      )}
    </SessionPage>
  );
}
