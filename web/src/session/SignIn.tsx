import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { meQuery } from "../api/session";
import type { Me } from "../api/types";
import { session as m } from "../messages/en/session";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ErrorPanel, Notice } from "../ui/Page";
import { PasswordField } from "./PasswordField";
import { SessionPage } from "./SessionPage";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const me = await api.post<Me>("/session", { email: email.trim(), password });
      // The server itself leads on to an app; the router does not know that address.
      if (next?.startsWith("/open/")) {
        window.location.replace(new URL(`.${next}`, document.baseURI));
        return;
      }
      client.clear();
      client.setQueryData(meQuery.queryKey, me);
      await navigate({ to: next ?? "/", replace: true });
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
  return (
    <SessionPage title={m.signIn}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {refused && (
          <div role="alert">
            <Notice tone="failed">{m.wrong}</Notice>
          </div>
        )}
        {error !== undefined && !refused && <ErrorPanel error={error} />}
        <TextField label={m.email} value={email} onChange={setEmail} input={{ type: "email", autoComplete: "username", required: true, autoFocus: true }} />
        <PasswordField label={m.password} value={password} onChange={setPassword} autoComplete="current-password" />
        <Button type="submit" variant="primary" busy={busy}>
          {m.signIn}
        </Button>
      </form>
    </SessionPage>
  );
}
