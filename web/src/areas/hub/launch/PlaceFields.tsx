// How the instance is called and which workspace it goes to.
import type { Workspace } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { SelectField, TextField } from "../../../ui/Field";

const m = hub.launch;

/** The option that makes a workspace. Names cannot contain a plus sign. */
export const NEW_WORKSPACE = "+new";

export interface PlaceFieldsProps {
  name: string;
  setName: (name: string) => void;
  displayName: string;
  setDisplayName: (name: string) => void;
  workspaces: Workspace[] | undefined;
  workspace: string | undefined;
  setWorkspace: (name: string) => void;
  newWorkspace: string;
  setNewWorkspace: (name: string) => void;
  errorAt: (path: string) => string | undefined;
  onLeave: (path: string) => void;
}

export function PlaceFields(props: PlaceFieldsProps) {
  const options = [
    ...(props.workspaces ?? []).map(({ metadata }) => ({ value: metadata.name, label: metadata.display_name ? `${metadata.display_name} (${metadata.name})` : metadata.name })),
    { value: NEW_WORKSPACE, label: m.newWorkspace },
  ];
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-4 text-16 font-semibold">{m.place}</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          id="field-metadata-name"
          label={m.name}
          help={m.nameHelp}
          required
          value={props.name}
          onChange={props.setName}
          error={props.errorAt("metadata.name")}
          input={{ className: "font-mono", autoComplete: "off", spellCheck: false, onBlur: () => props.onLeave("metadata.name") }}
        />
        <TextField label={m.displayName} optional value={props.displayName} onChange={props.setDisplayName} error={props.errorAt("metadata.display_name")} input={{ autoComplete: "off" }} />
        <SelectField
          id="field-workspace"
          label={m.workspace}
          required
          value={props.workspace ?? ""}
          onChange={props.setWorkspace}
          options={options}
          {...(props.workspace === undefined ? { placeholder: m.chooseWorkspace } : {})}
          {...(props.workspaces?.length === 0 ? { help: m.noWorkspaces } : {})}
        />
        {props.workspace === NEW_WORKSPACE && (
          <TextField
            label={m.newWorkspaceName}
            required
            value={props.newWorkspace}
            onChange={props.setNewWorkspace}
            error={props.errorAt("workspace")}
            input={{ className: "font-mono", autoComplete: "off", spellCheck: false, onBlur: () => props.onLeave("workspace") }}
          />
        )}
      </div>
    </fieldset>
  );
}
