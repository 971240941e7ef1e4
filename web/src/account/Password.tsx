import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { useMe } from "../api/session";
import { useTitle } from "../lib/hooks";
import { session as m } from "../messages/en/session";
import { NewPasswordField } from "../session/NewPasswordField";
import { PasswordField } from "../session/PasswordField";
import { Button } from "../ui/Button";
import { ErrorPanel } from "../ui/Page";
import { toast } from "../ui/Toast";

export function Password() {
  useTitle(m.account.changePassword);
  const me = useMe();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => api.put("/me/password", { current_password: current, new_password: next }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast(m.account.passwordChanged);
    },
  });
  const field = (path: string) => (change.error instanceof ApiError ? change.error.field(path) : undefined);
  const atFields = field("current_password") ?? field("new_password");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit} className="flex max-w-sm flex-col gap-4">
      {change.error && !atFields && <ErrorPanel error={change.error} />}
      <PasswordField label={m.account.currentPassword} value={current} onChange={setCurrent} autoComplete="current-password" error={field("current_password")} />
      <NewPasswordField label={m.account.nextPassword} value={next} onChange={setNext} email={me?.user.email} displayName={me?.user.display_name} error={field("new_password")} />
      <Button type="submit" variant="primary" busy={change.isPending} className="self-start">
        {m.account.changePassword}
      </Button>
    </form>
  );
}
