// Asks for a role in an organization, project or workspace.
import { useState } from "react";
import { useAskAccess } from "../api/access-requests";
import { useAll } from "../api/all";
import { ApiError } from "../api/error";
import type { Role } from "../api/types";
import { ROLES, ROLE_LEVELS, type Level } from "../areas/admin/bindings/roles";
import { admin } from "../messages/en/admin";
import { duties } from "../messages/en/duties";
import { ui } from "../messages/en/ui";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field, SelectField, TextArea, TextField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { toast } from "../ui/Toast";
import { withError } from "../ui/with-error";

const m = duties.requests;
const LEVELS: Level[] = ["org", "project", "workspace"];
const HOUR = 3600;
const SPANS = { [8 * HOUR]: m.spans.shift, [24 * HOUR]: m.spans.day, [7 * 24 * HOUR]: m.spans.week, [30 * 24 * HOUR]: m.spans.month, 0: m.spans.ever } as Record<number, string>;
const OWN = "own:";

export function RequestAccess({ orgs, onClose }: { orgs: string[]; onClose: () => void }) {
  const [org, setOrg] = useState(orgs[0] ?? "");
  const [level, setLevel] = useState<Level>("project");
  const [project, setProject] = useState("");
  const [workspace, setWorkspace] = useState("");
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const [seconds, setSeconds] = useState(String(8 * HOUR));
  const own = useAll("CustomRole", { org }, { sort: "name" }, { enabled: org !== "" });
  const ask = useAskAccess();
  const error = ask.error instanceof ApiError ? ask.error : undefined;
  const options = [
    ...ROLES.filter((role) => ROLE_LEVELS[role].includes(level)).map((role) => ({ value: role as string, label: ui.roles[role] })),
    ...(own.items ?? []).filter((role) => role.spec.levels.some((one) => one === level)).map((role) => ({ value: OWN + role.metadata.name, label: role.metadata.display_name || role.metadata.name })),
  ];
  const role = options.some((option) => option.value === chosen) ? chosen : (options[0]?.value ?? "");
  const complete = role !== "" && reason.trim() !== "" && (level === "org" || project !== "") && (level !== "workspace" || workspace !== "");
  const submit = () => {
    if (!complete) return;
    const given = role.startsWith(OWN) ? { custom_role: role.slice(OWN.length) } : { role: role as Role };
    const where = level === "org" ? {} : level === "project" ? { project } : { project, workspace };
    const span = Number(seconds);
    ask.mutate(
      { org, wanted: { ...where, ...given, reason: reason.trim(), ...(span > 0 ? { duration_seconds: span } : {}) } },
      {
        onSuccess: ({ approvers }) => {
          toast(approvers.length > 0 ? m.asked(approvers) : m.askedNobody);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.ask}
      description={m.askText}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!complete} busy={ask.isPending}>
            {m.send}
          </Button>
        </>
      }
    >
      {orgs.length > 1 && <SelectField label={m.org} value={org} onChange={setOrg} options={orgs.map((value) => ({ value, label: value }))} />}
      <SelectField label={admin.bindings.level} value={level} onChange={(next) => setLevel(next as Level)} options={LEVELS.map((value) => ({ value, label: value === "org" ? `${admin.bindings.levels.org} ${org}` : admin.bindings.levels[value] }))} />
      {level !== "org" && <TextField label={admin.bindings.project} help={m.projectHelp} value={project} onChange={setProject} {...withError(error?.field("project"))} input={{ className: "font-mono" }} />}
      {level === "workspace" && <TextField label={admin.bindings.workspace} value={workspace} onChange={setWorkspace} {...withError(error?.field("workspace"))} input={{ className: "font-mono" }} />}
      <SelectField label={admin.bindings.role} value={role} onChange={setChosen} options={options} {...(role in ROLE_LEVELS ? { help: admin.bindings.roleHelp[role as Role] } : {})} {...withError(error?.field("role") ?? error?.field("custom_role"))} />
      <SelectField label={m.span} help={m.spanHelp} value={seconds} onChange={setSeconds} options={Object.entries(SPANS).map(([value, label]) => ({ value, label }))} />
      <Field label={m.reason} help={m.reasonHelp} {...withError(error?.field("reason"))}>
        {(control) => <TextArea {...control} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {ask.error && <ErrorPanel error={ask.error} />}
    </Dialog>
  );
}
