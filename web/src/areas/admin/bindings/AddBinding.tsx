// Gives a person, a group or a service account a role at a place, for good or until a moment.
import { useMemo, useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import { useCreate } from "../../../api/hooks";
import type { Role, Scope } from "../../../api/types";
import { useMe } from "../../../api/session";
import { access as a } from "../../../messages/en/access";
import { groups as groupWords } from "../../../messages/en/groups";
import { rowName } from "../../../lib/rows";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Combobox } from "../../../ui/Combobox";
import { Dialog } from "../../../ui/Dialog";
import { Field, SelectField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { Segmented } from "../../../ui/Tabs";
import { withError } from "../../../ui/with-error";
import { EndFields, momentOf } from "./EndFields";
import { ROLES, ROLE_LEVELS, bindingName, levelOf, type Level } from "./roles";

/** Stands before the name of an organization's own role in the list, which the built-in ones share. */
const OWN = "own:";

export interface AddBindingProps {
  open: boolean;
  onClose: () => void;
  /** Where the dialog was opened: the first choice of place. */
  at: Scope;
  /** The place cannot be changed: the page is about it. */
  fixed?: boolean;
  user?: string;
  serviceAccount?: string;
}

export function AddBinding(props: AddBindingProps) {
  // A fresh form for every opening.
  return props.open ? <Form {...props} /> : null;
}

function Form({ onClose, at, fixed, user: presetUser, serviceAccount: presetAccount }: AddBindingProps) {
  const preset = presetUser !== undefined || presetAccount !== undefined;
  const me = useMe();
  const [subject, setSubject] = useState<"user" | "group" | "service_account">(presetAccount ? "service_account" : "user");
  const [user, setUser] = useState<string | null>(presetUser ?? null);
  const [group, setGroup] = useState<string | null>(null);
  const [account, setAccount] = useState<string | null>(presetAccount ?? null);
  const [ends, setEnds] = useState("");
  const [reason, setReason] = useState("");
  const mayPlatform = me?.bindings.some((binding) => binding.role === "platform_admin") ?? false;
  const offered = ROLES.filter((role) =>
    fixed ? ROLE_LEVELS[role].includes(levelOf(at)) : ROLE_LEVELS[role].some((level) => level !== "platform" || mayPlatform),
  );
  const [chosen, setRole] = useState<string>(offered.includes("developer") ? "developer" : (offered[0] ?? "developer"));
  const own = useAll("CustomRole", { org: at.org ?? "" }, { sort: "name" }, { enabled: at.org !== undefined });
  const customs = (own.items ?? []).filter((one) => !fixed || one.spec.levels.some((level) => level === levelOf(at)));
  const custom = customs.find((one) => OWN + one.metadata.name === chosen);
  const role = custom ? undefined : (chosen as Role);
  const levels: Level[] = custom ? custom.spec.levels : ROLE_LEVELS[chosen as Role].filter((level) => (level !== "platform" || mayPlatform) && (level !== "platform" || subject === "user"));
  const [wantedLevel, setLevel] = useState<Level>(levelOf(at));
  const level = fixed ? levelOf(at) : levels.includes(wantedLevel) ? wantedLevel : (levels.at(-1) ?? "org");
  const [project, setProject] = useState(at.project ?? "");
  const [workspace, setWorkspace] = useState(at.workspace ?? "");

  const users = useAll("User", {}, { sort: "name" }, { enabled: !preset });
  const groups = useAll("Group", { org: at.org ?? "" }, { sort: "name" }, { enabled: !preset && at.org !== undefined });
  const accounts = useAll("ServiceAccount", { org: at.org ?? "" }, { sort: "name" }, { enabled: !preset && at.org !== undefined });
  const projects = useAll("Project", { org: at.org ?? "" }, { sort: "name" }, { enabled: !fixed && at.org !== undefined });
  const workspaces = useAll("Workspace", { org: at.org ?? "", project }, { sort: "name" }, { enabled: !fixed && level === "workspace" && project !== "" });

  const scope = useMemo<Scope>(() => {
    if (fixed) return at;
    if (level === "platform") return {};
    if (level === "org") return { org: at.org ?? "" };
    if (level === "project") return { org: at.org ?? "", project };
    return { org: at.org ?? "", project, workspace };
  }, [fixed, at, level, project, workspace]);
  const who = { user, group, service_account: account }[subject];
  const complete = who !== null && (level !== "project" || Boolean(scope.project)) && (level !== "workspace" || Boolean(scope.project && scope.workspace));

  const create = useCreate("RoleBinding", scope);
  const error = create.error instanceof ApiError ? create.error : undefined;
  const submit = () => {
    if (!complete || who === null) return;
    const expires = momentOf(ends);
    const given = custom ? { custom_role: custom.metadata.name } : { role: chosen as Role };
    create.mutate(
      {
        metadata: { name: bindingName(who, custom?.metadata.name ?? chosen) },
        spec: { [subject]: who, ...given, ...(expires ? { expires_at: expires } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) },
      },
      {
        onSuccess: () => {
          toast(m.bindings.added);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.bindings.add}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!complete} busy={create.isPending}>
            {m.common.add}
          </Button>
        </>
      }
    >
      {!preset && at.org !== undefined && (
        <Segmented
          label={a.subject}
          value={subject}
          onChange={setSubject}
          options={(["user", "group", "service_account"] as const).map((value) => ({ value, label: a.subjects[value] }))}
        />
      )}
      {subject === "group" && (
        <Field label={a.group} {...withError(error?.field("spec.group"))}>
          {(control) => (
            <Combobox
              control={control}
              options={(groups.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one), help: groupWords.count(one.spec.members.length) }))}
              value={group}
              onChange={setGroup}
              placeholder={a.pickGroup}
            />
          )}
        </Field>
      )}
      {!preset && subject === "service_account" && (
        <Field label={a.account} {...withError(error?.field("spec.service_account"))}>
          {(control) => (
            <Combobox
              control={control}
              options={(accounts.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one) }))}
              value={account}
              onChange={setAccount}
              placeholder={a.pickAccount}
            />
          )}
        </Field>
      )}
      {!preset && subject === "user" && (
        <Field label={m.bindings.person} {...withError(error?.field("spec.user"))}>
          {(control) => (
            <Combobox
              control={control}
              options={(users.items ?? []).map((one) => ({ value: one.metadata.name, label: one.metadata.display_name || one.metadata.name, help: one.spec.email }))}
              value={user}
              onChange={setUser}
              placeholder={m.bindings.pickPerson}
            />
          )}
        </Field>
      )}
      <SelectField
        label={m.bindings.role}
        value={chosen}
        onChange={setRole}
        options={[...offered.map((one) => ({ value: one as string, label: ui.roles[one] })), ...customs.map((one) => ({ value: OWN + one.metadata.name, label: a.ownRole(rowName(one)) }))]}
        help={role ? m.bindings.roleHelp[role] : custom?.metadata.description || a.ownRoleHelp}
        {...withError(error?.field("spec.role") ?? error?.field("spec.custom_role"))}
      />
      {!fixed && levels.length > 1 && (
        <SelectField
          label={m.bindings.level}
          value={level}
          onChange={(next) => setLevel(next as Level)}
          options={levels.map((one) => ({ value: one, label: one === "org" ? `${m.bindings.levels.org} ${at.org ?? ""}` : m.bindings.levels[one] }))}
        />
      )}
      {!fixed && (level === "project" || level === "workspace") && (
        <SelectField
          label={m.bindings.project}
          value={project}
          onChange={(next) => {
            setProject(next);
            setWorkspace("");
          }}
          placeholder={m.bindings.choose}
          options={(projects.items ?? []).map((one) => ({ value: one.metadata.name, label: one.metadata.display_name || one.metadata.name }))}
        />
      )}
      {!fixed && level === "workspace" && (
        <SelectField
          label={m.bindings.workspace}
          value={workspace}
          onChange={setWorkspace}
          placeholder={m.bindings.choose}
          disabled={project === ""}
          options={(workspaces.items ?? []).map((one) => ({ value: one.metadata.name, label: one.metadata.display_name || one.metadata.name }))}
        />
      )}
      <EndFields ends={ends} onEnds={setEnds} reason={reason} onReason={setReason} endsError={error?.field("spec.expires_at")} reasonError={error?.field("spec.reason")} />
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}
