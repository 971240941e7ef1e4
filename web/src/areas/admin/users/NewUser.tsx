// Makes a user and, at once, the link with which they set a password.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate } from "../../../api/hooks";
import { admin as m } from "../../../messages/en/admin";
import { session } from "../../../messages/en/session";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { NameFields, useNameFields } from "../NameFields";
import { withError } from "../../../ui/with-error";
import { ShownLink, useSignInLink } from "./SignInLink";

export function NewUser({ onClose }: { onClose: () => void }) {
  const fields = useNameFields();
  const [email, setEmail] = useState("");
  const create = useCreate("User", {});
  const link = useSignInLink(fields.name);
  const error = create.error instanceof ApiError ? create.error : undefined;
  const ok = fields.ok && email.includes("@");
  const submit = () => {
    if (ok) create.mutate({ metadata: { name: fields.name, display_name: fields.title }, spec: { email, active: true } }, { onSuccess: () => link.mutate() });
  };
  if (create.isSuccess)
    return (
      <Dialog
        open
        onClose={onClose}
        title={m.users.createdTitle(fields.title || fields.name)}
        description={m.users.linkText}
        footer={
          <Button variant="primary" onClick={onClose}>
            {m.users.done}
          </Button>
        }
      >
        {link.data && <ShownLink link={link.data} />}
        {link.error && <ErrorPanel error={link.error} onRetry={() => link.mutate()} />}
      </Dialog>
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.users.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={create.isPending}>
            {m.common.create}
          </Button>
        </>
      }
    >
      <NameFields fields={fields} error={error?.field("metadata.name")} titleLabel={m.common.displayName} />
      <TextField label={session.email} required value={email} onChange={setEmail} {...withError(error?.field("spec.email"))} input={{ type: "email", autoComplete: "off" }} />
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}
