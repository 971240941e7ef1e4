// An invited person sets their password.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { meQuery } from "../api/session";
import type { Me } from "../api/types";
import { session as m } from "../messages/en/session";
import { Button } from "../ui/Button";
import { ErrorPanel, Notice } from "../ui/Page";
import { PasswordField } from "./PasswordField";
import { SessionPage, fragmentToken } from "./SessionPage";

export function Welcome() {
  const [token] = useState(fragmentToken);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const client = useQueryClient();
  const navigate = useNavigate();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const me = await api.post<Me>("/session/link", { token, password });
      client.clear();
      client.setQueryData(meQuery.queryKey, me);
      await navigate({ to: "/", replace: true });
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <SessionPage title={m.welcomeTitle} text={token ? m.welcomeText : undefined}>
      {token ? (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
          {error !== undefined && <ErrorPanel error={error} />}
          <PasswordField
            label={m.newPassword}
            help={m.passwordHelp}
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
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
