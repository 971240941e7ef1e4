// Gives a person a role at a place.
import { useMemo, useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import { useCreate } from "../../../api/hooks";
import type { Role, Scope } from "../../../api/types";
import { useMe } from "../../../api/session";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Combobox } from "../../../ui/Combobox";
import { Dialog } from "../../../ui/Dialog";
import { Field, SelectField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { ROLES, ROLE_LEVELS, bindingName, levelOf, type Level } from "./roles";

export interface AddBindingProps {
  open: boolean;
  onClose: () => void;
  /** Where the dialog was opened: the first choice of place. */
  at: Scope;
  /** The place cannot be changed: the page is about it. */
  fixed?: boolean;
  user?: string;
}

export function AddBinding(props: AddBindingProps) {
  // A fresh form for every opening.
  return props.open ? <Form {...props} /> : null;
}

function Form({ onClose, at, fixed, user: presetUser }: AddBindingProps) {
  const me = useMe();
  const [user, setUser] = useState<string | null>(presetUser ?? null);
  const mayPlatform = me?.bindings.some((binding) => binding.role === "platform_admin") ?? false;
  const offered = ROLES.filter((role) =>
    fixed ? ROLE_LEVELS[role].includes(levelOf(at)) : ROLE_LEVELS[role].some((level) => level !== "platform" || mayPlatform),
  );
  const [role, setRole] = useState<Role>(offered.includes("developer") ? "developer" : (offered[0] ?? "developer"));
  const levels = ROLE_LEVELS[role].filter((level) => level !== "platform" || mayPlatform);
  const [wantedLevel, setLevel] = useState<Level>(levelOf(at));
  const level = fixed ? levelOf(at) : levels.includes(wantedLevel) ? wantedLevel : (levels.at(-1) ?? "org");
  const [project, setProject] = useState(at.project ?? "");
  const [workspace, setWorkspace] = useState(at.workspace ?? "");

  const users = useAll("User", {}, { sort: "name" }, { enabled: presetUser === undefined });
  const projects = useAll("Project", { org: at.org ?? "" }, { sort: "name" }, { enabled: !fixed && at.org !== undefined });
  const workspaces = useAll("Workspace", { org: at.org ?? "", project }, { sort: "name" }, { enabled: !fixed && level === "workspace" && project !== "" });

  const scope = useMemo<Scope>(() => {
    if (fixed) return at;
    if (level === "platform") return {};
    if (level === "org") return { org: at.org ?? "" };
    if (level === "project") return { org: at.org ?? "", project };
    return { org: at.org ?? "", project, workspace };
  }, [fixed, at, level, project, workspace]);
  const complete = user !== null && (level !== "project" || Boolean(scope.project)) && (level !== "workspace" || Boolean(scope.project && scope.workspace));

  const create = useCreate("RoleBinding", scope);
  const error = create.error instanceof ApiError ? create.error : undefined;
  const submit = () => {
    if (!complete || user === null) return;
    create.mutate(
      { metadata: { name: bindingName(user, role) }, spec: { user, role } },
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
      {presetUser === undefined && (
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
        value={role}
        onChange={(next) => setRole(next as Role)}
        options={offered.map((one) => ({ value: one, label: ui.roles[one] }))}
        help={m.bindings.roleHelp[role]}
        {...withError(error?.field("spec.role"))}
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
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}

/** Optional properties may be absent, never undefined in their place. */
export function withError(message: string | undefined): { error?: string } {
  return message ? { error: message } : {};
}
