// Chooses permissions from the list of all, by kind and with a search.
import { useState } from "react";
import { customRoles as m } from "../../../messages/en/access";
import { Checkbox, SearchInput } from "../../../ui/Field";

export function PermissionPicker({
  offered,
  chosen,
  onChange,
  allowed,
}: {
  offered: readonly string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  /** Whether one may be ticked; what is ticked already can always be taken out. */
  allowed?: (permission: string) => boolean;
}) {
  const [narrow, setNarrow] = useState("");
  const shown = offered.filter((one) => one.includes(narrow.toLowerCase().trim()));
  const kinds = [...new Set(shown.map((one) => one.split(".")[0] ?? ""))];
  return (
    <>
      <SearchInput value={narrow} onChange={setNarrow} label={m.find} />
      <div className="max-h-72 overflow-auto rounded-md border border-line p-3" tabIndex={0} role="group" aria-label={m.permissions}>
        <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          {kinds.map((kind) => (
            <div key={kind} role="group" aria-label={kind.replace(/_/g, " ")} className="flex flex-col gap-1">
              <p className="font-medium">{kind.replace(/_/g, " ")}</p>
              {shown
                .filter((one) => one.startsWith(`${kind}.`))
                .map((one) => (
                  <Checkbox
                    key={one}
                    label={<code>{one}</code>}
                    checked={chosen.includes(one)}
                    disabled={allowed !== undefined && !allowed(one) && !chosen.includes(one)}
                    onChange={(on) => onChange(on ? [...chosen, one] : chosen.filter((other) => other !== one))}
                  />
                ))}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}
