// Chooses a person: from a list where one may see it, else by name.
import { ApiError } from "../../api/error";
import { useList } from "../../api/hooks";
import { hub } from "../../messages/en/hub";
import { Combobox } from "../../ui/Combobox";
import { Field, TextField } from "../../ui/Field";

export interface PersonFieldProps {
  label: string;
  value: string | null;
  onChange: (name: string | null) => void;
  help?: string;
  error?: string | undefined;
}

export function PersonField({ label, value, onChange, help, error }: PersonFieldProps) {
  const users = useList("User", {}, { limit: 200, sort: "name" });
  const shared = { label, required: true, ...(help ? { help } : {}), ...(error ? { error } : {}) };
  // Whoever may not list people can still name one.
  if (users.error instanceof ApiError && users.error.status === 403)
    return <TextField {...shared} help={help ?? hub.workspaces.personByName} value={value ?? ""} onChange={onChange} input={{ autoComplete: "off", spellCheck: false }} />;
  const options = (users.items ?? []).map((user) => ({ value: user.metadata.name, label: user.metadata.display_name || user.metadata.name, help: user.spec.email }));
  return <Field {...shared}>{(control) => <Combobox control={control} options={options} value={value} onChange={onChange} />}</Field>;
}
