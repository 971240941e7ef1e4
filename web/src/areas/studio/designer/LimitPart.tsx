// How many instances of the profile one person may have.
import { useState } from "react";
import { designer } from "../../../messages/en/designer";
import { TextField } from "../../../ui/Field";
import { at, useDesigner } from "./context";
import { readAmount } from "./draft";

const m = designer.limits;

export function LimitPart() {
  const { draft, setSpec, readOnly, errorAt } = useDesigner();
  const [text, setText] = useState(String(draft.spec.limits?.per_person ?? ""));
  return (
    <TextField
      label={m.perPerson}
      help={m.help}
      value={text}
      onChange={(next) => {
        setText(next);
        // What is no number goes to the server as it is: it says what is wrong.
        setSpec({ limits: next.trim() === "" ? undefined : { per_person: readAmount(next) as number } } as never);
      }}
      {...at(errorAt("spec.limits.per_person") ?? errorAt("spec.limits"))}
      input={{ inputMode: "numeric", autoComplete: "off", readOnly, className: "max-w-24 text-right" }}
    />
  );
}
