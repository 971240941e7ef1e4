// Which compute a service runs on.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { usePermissions } from "../../../api/session";
import type { ServiceProfileSpec } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { Checkbox, FieldError, SelectField } from "../../../ui/Field";
import { rowName } from "../../../lib/rows";
import { toast } from "../../../ui/Toast";
import { NewCompute } from "./NewCompute";
import { at, useDesigner } from "./context";

const m = designer.environment;

export function ComputeRequirement() {
  const { scope, draft, setSpec, readOnly, errorAt } = useDesigner();
  const { compute } = draft.spec as ServiceProfileSpec;
  const profiles = useAll("ComputeProfile", scope, { sort: "name" });
  const known = (profiles.items ?? []).map((profile) => ({ name: profile.metadata.name, title: rowName(profile) }));
  const allowed = compute.profiles ?? [];
  // Names in the draft that are gone from the project still show, so that they can be taken out.
  const rows = [...known, ...allowed.filter((name) => !known.some((one) => one.name === name)).map((name) => ({ name, title: name }))];
  const set = (patch: Partial<ServiceProfileSpec["compute"]>) => setSpec({ compute: { ...compute, ...patch } } as Partial<ServiceProfileSpec>);
  const { can } = usePermissions(scope);
  const mayMake = can("compute_profile.create") && can("compute_profile.publish");
  const [making, setMaking] = useState(false);
  const auto = compute.auto_create ?? "";
  return (
    <fieldset className="flex min-w-0 flex-col gap-5">
      <legend className="mb-3 text-16 font-semibold">{m.compute}</legend>
      <SelectField
        label={m.autoCreate}
        help={m.autoCreateHelp}
        value={auto}
        onChange={(name) => set({ auto_create: name || undefined } as Partial<ServiceProfileSpec["compute"]>)}
        disabled={readOnly}
        placeholder={m.noAutoCreate}
        options={[...known, ...(auto && !known.some((one) => one.name === auto) ? [{ name: auto, title: auto }] : [])].map((one) => ({ value: one.name, label: one.title }))}
        {...at(errorAt("spec.compute.auto_create"))}
      />
      {mayMake && !readOnly && (
        <Button className="-mt-2 self-start" icon={<Plus size={14} aria-hidden />} onClick={() => setMaking(true)}>
          {m.newCompute}
        </Button>
      )}
      {making && (
        <NewCompute
          scope={scope}
          title={draft.title}
          onClose={() => setMaking(false)}
          onMade={(name) => {
            setMaking(false);
            set({ auto_create: name, ...(allowed.length > 0 ? { profiles: [...allowed, name] } : {}) });
            toast(m.madeCompute);
          }}
        />
      )}
      <div className="flex flex-col gap-2" role="group" aria-label={m.allowed}>
        <p className="font-medium">{m.allowed}</p>
        {rows.length === 0 && <p className="text-muted">{m.noCompute}</p>}
        {rows.map((row) => (
          <Checkbox
            key={row.name}
            label={row.title}
            checked={allowed.includes(row.name)}
            disabled={readOnly}
            onChange={(on) => {
              const next = on ? [...allowed, row.name] : allowed.filter((name) => name !== row.name);
              set({ profiles: next.length > 0 ? next : undefined } as Partial<ServiceProfileSpec["compute"]>);
            }}
          />
        ))}
        <p className="text-12 text-muted">{m.allowedHelp}</p>
        <FieldError message={errorAt("spec.compute.profiles")} />
      </div>
    </fieldset>
  );
}
