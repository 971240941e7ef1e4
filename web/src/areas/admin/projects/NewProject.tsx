// The short form for a new project.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate } from "../../../api/hooks";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { NameFields, useNameFields } from "../NameFields";
import { adminPaths } from "../paths";

export function NewProject({ org, onClose }: { org: string; onClose: () => void }) {
  const navigate = useNavigate();
  const fields = useNameFields();
  const [description, setDescription] = useState("");
  const [contact, setContact] = useState("");
  const create = useCreate("Project", { org });
  const error = create.error instanceof ApiError ? create.error : undefined;
  const submit = () => {
    if (!fields.ok) return;
    create.mutate(
      { metadata: { name: fields.name, display_name: fields.title, description }, spec: { contact } },
      { onSuccess: () => void navigate({ to: adminPaths.project({ org }, fields.name) }) },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.projects.new}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!fields.ok} busy={create.isPending}>
            {m.common.create}
          </Button>
        </>
      }
    >
      <NameFields fields={fields} error={error?.field("metadata.name")} />
      <TextField label={m.common.description} optional value={description} onChange={setDescription} />
      <TextField label={m.projects.contact} optional value={contact} onChange={setContact} help={m.projects.contactHelp} />
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}
