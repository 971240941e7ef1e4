// "Customise…": a draft of one's own from a shipped profile.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import type { SystemProfile } from "../../../api/types";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { SelectField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { NameFields, useNameFields } from "../../admin/NameFields";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { useCustomise } from "./launch-answer";

const m = studio.customise;

export function CustomiseDialog({ profile, scope, onClose }: { profile: SystemProfile; scope: { org: string; project: string }; onClose: () => void }) {
  const navigate = useNavigate();
  const fields = useNameFields(m.copyName(rowName(profile)));
  const projects = useAll("Project", { org: scope.org }, { sort: "name" });
  const [project, setProject] = useState(scope.project);
  const customise = useCustomise(profile.metadata.name);
  const error = customise.error instanceof ApiError ? customise.error : undefined;
  const kind = profile.spec.workload === "compute" ? "ComputeProfile" : "ServiceProfile";
  const submit = () => {
    if (!fields.ok) return;
    customise.mutate(
      { org: scope.org, project, name: fields.name, display_name: fields.title },
      { onSuccess: () => void navigate({ to: studioPaths.profile({ org: scope.org, project }, kind, fields.name) }) },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title(rowName(profile))}
      description={m.text}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!fields.ok} busy={customise.isPending}>
            {m.create}
          </Button>
        </>
      }
    >
      <NameFields fields={fields} error={error?.field("name") ?? error?.field("metadata.name")} />
      <SelectField label={m.project} value={project} onChange={setProject} options={(projects.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one) }))} />
      {customise.error && <ErrorPanel error={customise.error} />}
    </Dialog>
  );
}
