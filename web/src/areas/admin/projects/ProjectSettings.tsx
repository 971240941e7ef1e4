// What a project is called, who answers for it, and its end.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useDelete, useUpdate } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { Project } from "../../../api/types";
import { admin as m } from "../../../messages/en/admin";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { Unsaved } from "../../../ui/Unsaved";
import { withError } from "../../../ui/with-error";
import { adminPaths } from "../paths";

export function ProjectSettings({ project }: { project: Project }) {
  const navigate = useNavigate();
  const { name, org } = project.metadata;
  const { can } = usePermissions({ org: org ?? "", project: name });
  const [title, setTitle] = useState(project.metadata.display_name ?? "");
  const [description, setDescription] = useState(project.metadata.description ?? "");
  const [contact, setContact] = useState(project.spec.contact ?? "");
  const [deleting, setDeleting] = useState(false);
  const update = useUpdate("Project");
  const remove = useDelete("Project");
  const error = update.error instanceof ApiError ? update.error : undefined;
  const changed = title !== (project.metadata.display_name ?? "") || description !== (project.metadata.description ?? "") || contact !== (project.spec.contact ?? "");
  return (
    <div className="flex max-w-xl flex-col gap-6">
      <Unsaved when={changed && !update.isPending && !remove.isPending && !remove.isSuccess} />
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ object: project, metadata: { display_name: title, description }, spec: { contact } }, { onSuccess: () => toast(m.common.saved) });
        }}
      >
        <TextField label={m.common.displayName} value={title} onChange={setTitle} {...withError(error?.field("metadata.display_name"))} />
        <TextField label={m.common.description} optional value={description} onChange={setDescription} {...withError(error?.field("metadata.description"))} />
        <TextField label={m.projects.contact} optional help={m.projects.contactHelp} value={contact} onChange={setContact} {...withError(error?.field("spec.contact"))} />
        {update.error && <ErrorPanel error={update.error} />}
        <Button type="submit" variant="primary" busy={update.isPending} className="self-start">
          {m.common.save}
        </Button>
      </form>
      {can("project.delete") && (
        <div className="flex flex-col items-start gap-3 border-t border-line pt-6">
          <p className="text-muted">{m.projects.deleteText}</p>
          <Button variant="danger" onClick={() => setDeleting(true)}>
            {m.projects.danger}
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={m.projects.deleteTitle(name)}
        verb={m.projects.danger}
        typeName={name}
        onConfirm={async () => {
          await remove.mutateAsync(project);
          toast(m.common.deleted(name));
          await navigate({ to: adminPaths.projects({ org: org ?? "" }) });
        }}
      >
        <p>{m.projects.deleteText}</p>
      </ConfirmDialog>
    </div>
  );
}
