import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate } from "../../../api/hooks";
import type { Scope } from "../../../api/types";
import { nameProblem, slug } from "../../../lib/name";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";

const m = hub.workspaces;

export function NewWorkspace({ open, onClose, scope }: { open: boolean; onClose: () => void; scope: Scope }) {
  const navigate = useNavigate();
  const create = useCreate("Workspace", scope);
  const [displayName, setDisplayName] = useState("");
  const [ownName, setOwnName] = useState<string>();
  const [description, setDescription] = useState("");
  const [tried, setTried] = useState(false);
  // The name follows the display name until somebody writes their own.
  const name = ownName ?? slug(displayName);
  const problem = tried || ownName !== undefined ? nameProblem(name) : undefined;
  const field = (path: string) => (create.error instanceof ApiError ? create.error.field(path) : undefined);

  const close = () => {
    create.reset();
    setDisplayName("");
    setOwnName(undefined);
    setDescription("");
    setTried(false);
    onClose();
  };
  const submit = () => {
    setTried(true);
    if (nameProblem(name)) return;
    create.mutate(
      { metadata: { name, ...(displayName.trim() ? { display_name: displayName.trim() } : {}), ...(description.trim() ? { description: description.trim() } : {}) }, spec: {} },
      {
        onSuccess: (made) => {
          close();
          void navigate({ to: paths.workspace({ ...scope, workspace: made.metadata.name }) });
        },
      },
    );
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={m.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={close}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            {m.create}
          </Button>
        </>
      }
    >
      {create.error && !field("metadata.name") && <ErrorPanel error={create.error} />}
      <TextField label={m.displayName} optional value={displayName} onChange={setDisplayName} input={{ autoFocus: true, autoComplete: "off" }} />
      <TextField label={m.name} required value={name} onChange={setOwnName} error={problem ?? field("metadata.name")} input={{ className: "font-mono", autoComplete: "off", spellCheck: false }} />
      <TextField label={m.description} optional value={description} onChange={setDescription} input={{ autoComplete: "off" }} />
    </Dialog>
  );
}
