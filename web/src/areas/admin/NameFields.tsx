// Display name and name: the name follows the display name until somebody writes it.
import { useState } from "react";
import { nameProblem, slug } from "../../lib/name";
import { admin as m } from "../../messages/en/admin";
import { TextField } from "../../ui/Field";

export function useNameFields(firstTitle = "", firstName = "") {
  const [title, setTitle] = useState(firstTitle);
  const [written, setWritten] = useState(firstName);
  const [touched, setTouched] = useState(firstName !== "");
  const name = touched ? written : slug(title);
  return {
    title,
    name,
    ok: name !== "" && nameProblem(name) === undefined,
    setTitle,
    setName: (value: string) => {
      setTouched(true);
      setWritten(value);
    },
    reset: () => {
      setTitle("");
      setWritten("");
      setTouched(false);
    },
  };
}

export function NameFields({ fields, error, titleLabel = m.common.displayName }: { fields: ReturnType<typeof useNameFields>; error?: string | undefined; titleLabel?: string }) {
  const problem = error ?? (fields.name === "" ? undefined : nameProblem(fields.name));
  return (
    <>
      <TextField label={titleLabel} value={fields.title} onChange={fields.setTitle} input={{ autoFocus: true }} />
      <TextField
        label={m.common.name}
        required
        value={fields.name}
        onChange={fields.setName}
        help={m.common.nameHelp}
        {...(problem ? { error: problem } : {})}
        input={{ className: "font-mono", spellCheck: false, autoComplete: "off" }}
      />
    </>
  );
}
