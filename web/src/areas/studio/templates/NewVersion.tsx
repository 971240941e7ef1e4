// Copies a version as a new draft, which may then be changed.
import { useState } from "react";
import { useUpdate } from "../../../api/hooks";
import type { EnvironmentTemplate, TemplateVersion } from "../../../api/types";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { nextVersion } from "./document";

const m = studio.templates;

export function NewVersion({ template, from, onClose, onDone }: { template: EnvironmentTemplate; from: TemplateVersion; onClose: () => void; onDone: (version: string) => void }) {
  const [name, setName] = useState(() => nextVersion(template.spec.versions));
  const update = useUpdate("EnvironmentTemplate");
  const taken = template.spec.versions.some((one) => one.version === name);
  const problem = taken ? m.taken : /^[A-Za-z0-9.+-]{1,30}$/.test(name) ? undefined : m.newVersionHelp;
  const submit = () => {
    if (problem) return;
    const { changelog: _old, ...rest } = from;
    const copy: TemplateVersion = { ...rest, version: name, state: "draft" };
    update.mutate({ object: template, spec: { ...template.spec, versions: [...template.spec.versions, copy] } }, { onSuccess: () => onDone(name) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.copyVersion}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={problem !== undefined} busy={update.isPending}>
            {m.makeVersion}
          </Button>
        </>
      }
    >
      <TextField label={m.newVersion} required help={m.newVersionHelp} value={name} onChange={setName} {...(problem ? { error: problem } : {})} input={{ className: "font-mono", autoFocus: true, spellCheck: false }} />
      {update.error && <ErrorPanel error={update.error} />}
    </Dialog>
  );
}
