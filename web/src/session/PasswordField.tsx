// A password that can be made readable while it is typed.
import { useState } from "react";
import { session as m } from "../messages/en/session";
import { TextField } from "../ui/Field";

export function PasswordField({
  label,
  value,
  onChange,
  autoComplete,
  help,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  help?: string;
  error?: string;
}) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      help={help}
      {...(error ? { error } : {})}
      aside={
        <button type="button" className="rounded-sm text-12 text-accent-ink" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? m.hidePassword : m.showPassword}
        </button>
      }
      input={{ type: shown ? "text" : "password", autoComplete, required: true }}
    />
  );
}
