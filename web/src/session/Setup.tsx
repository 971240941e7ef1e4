// The first administrator, made once with the token the server printed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { meQuery } from "../api/session";
import type { Me, Project } from "../api/types";
import { paths } from "../lib/paths";
import { session as m } from "../messages/en/session";
import { Button, buttonClass } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { NewPasswordField } from "./NewPasswordField";
import { SessionPage, fragmentToken } from "./SessionPage";

export function Setup() {
  const status = useQuery({ queryKey: ["setup"], queryFn: () => api.get<{ required: boolean }>("/setup") });
  const [given] = useState(fragmentToken);
  const [token, setToken] = useState(given);
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const field = (path: string) => (error instanceof ApiError ? error.field(path) : undefined);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const me = await api.post<Me>("/setup", { token: token.trim(), email: email.trim(), display_name: name.trim(), password });
      client.clear();
      client.setQueryData(meQuery.queryKey, me);
      // The first hour begins in Studio; a server without any project has none to show.
      const projects = await api.get<{ items: Project[] }>("/projects?limit=1&sort=name");
      const first = projects.items[0]?.metadata;
      await navigate({ to: first ? paths.studio({ org: first.org ?? "", project: first.name }) : "/", replace: true });
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  if (status.data?.required === false)
    return (
      <SessionPage title={m.setupDone.title} text={m.setupDone.text}>
        <Link to="/sign-in" className={buttonClass("primary")}>
          {m.signIn}
        </Link>
      </SessionPage>
    );
  return (
    <SessionPage title={m.setupTitle} text={m.setupText}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {error !== undefined && <ErrorPanel error={error} />}
        {!given && (
          <TextField label={m.setupToken} help={m.setupTokenHelp} value={token} onChange={setToken} error={field("token")} input={{ required: true, autoComplete: "off", className: "font-mono" }} />
        )}
        <TextField label={m.name} value={name} onChange={setName} error={field("display_name")} input={{ autoComplete: "name", autoFocus: true }} />
        <TextField label={m.email} value={email} onChange={setEmail} error={field("email")} input={{ type: "email", autoComplete: "username", required: true }} />
        <NewPasswordField label={m.newPassword} value={password} onChange={setPassword} email={email} displayName={name} error={field("password")} />
        <Button type="submit" variant="primary" busy={busy}>
          {m.setupAction}
        </Button>
      </form>
    </SessionPage>
  );
}
