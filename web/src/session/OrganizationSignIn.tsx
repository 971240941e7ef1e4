// The part of the sign-in page for people whose organization says who they are.
import { type FormEvent, useState } from "react";
import { providers } from "../messages/en/providers";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { SsoButtons } from "./SsoButtons";

const m = providers.page;

export function OrganizationSignIn({ org, next }: { org: string | undefined; next: string | undefined }) {
  const [typed, setTyped] = useState(org ?? "");
  const [looked, setLooked] = useState(org);
  const [open, setOpen] = useState(org !== undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLooked(typed.trim().toLowerCase());
  };
  if (!open)
    return (
      <Button variant="quiet" className="self-start" onClick={() => setOpen(true)}>
        {m.show}
      </Button>
    );
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 border-t border-line pt-4">
      <TextField
        label={m.field}
        help={m.fieldHelp}
        value={typed}
        onChange={setTyped}
        input={{ required: true, spellCheck: false, autoCapitalize: "none", autoComplete: "organization", ...(org === undefined ? { autoFocus: true } : {}) }}
      />
      <Button type="submit">{m.look}</Button>
      {looked && <SsoButtons key={looked} org={looked} next={next} sayNone />}
    </form>
  );
}
