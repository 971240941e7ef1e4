// Makes a tenant and, if wanted, its first project.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/error";
import { useCreate } from "../../api/hooks";
import { nameProblem } from "../../lib/name";
import { admin } from "../../messages/en/admin";
import { operations as m } from "../../messages/en/operations";
import { ui } from "../../messages/en/ui";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ErrorPanel } from "../../ui/Page";
import { toast } from "../../ui/Toast";
import { NameFields, useNameFields } from "../admin/NameFields";
import { withError } from "../../ui/with-error";
import { organizationPath } from "./Organizations";

export function NewOrganization({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const fields = useNameFields();
  const [currency, setCurrency] = useState("USD");
  const [project, setProject] = useState("");
  const create = useCreate("Organization", {});
  const createProject = useCreate("Project", { org: fields.name });
  const error = create.error instanceof ApiError ? create.error : undefined;
  const projectProblem = project === "" ? undefined : nameProblem(project);
  const ok = fields.ok && /^[A-Z]{3}$/.test(currency) && !projectProblem;
  const submit = async () => {
    if (!ok) return;
    await create.mutateAsync({ metadata: { name: fields.name, display_name: fields.title }, spec: { currency } });
    if (project !== "") await createProject.mutateAsync({ metadata: { name: project }, spec: {} }).catch(() => toast(m.projectFailed(project), "failed"));
    await navigate({ to: organizationPath(fields.name) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.new}
      onSubmit={() => void submit().catch(() => undefined)}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={create.isPending || createProject.isPending}>
            {admin.common.create}
          </Button>
        </>
      }
    >
      <NameFields fields={fields} error={error?.field("metadata.name")} />
      <TextField
        label={m.currency}
        required
        help={m.currencyHelp}
        value={currency}
        onChange={(value) => setCurrency(value.toUpperCase())}
        {...withError(error?.field("spec.currency"))}
        input={{ maxLength: 3, className: "max-w-24 font-mono" }}
      />
      <TextField label={m.firstProject} optional help={m.firstProjectHelp} value={project} onChange={setProject} {...withError(projectProblem)} input={{ className: "font-mono", spellCheck: false }} />
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}
