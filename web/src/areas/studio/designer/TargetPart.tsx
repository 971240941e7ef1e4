// Where compute runs: on any target that fits, on one, or on every target that has what is asked ("any with an H100").
import { useState } from "react";
import { FieldInput } from "../../../forms/FieldInput";
import type { ComputeProfileSpec, FormField, Target } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { Checkbox, Field, FieldError, Input, SelectField } from "../../../ui/Field";
import { rowName } from "../../../lib/rows";
import { at, useDesigner } from "./context";
import { gpuModels, matchesTarget } from "./sizes";

const m = designer.targets;
type Choice = "any" | "one" | "like";
type Selector = NonNullable<ComputeProfileSpec["target_selector"]>;
const LABELS: FormField = { name: "labels", type: "key_value", label: m.labels, locked: false };

export function TargetPart({ targets }: { targets: Target[] }) {
  const { draft, setSpec, readOnly, errorAt, exactAt } = useDesigner();
  const { target, target_selector: selector } = draft.spec as ComputeProfileSpec;
  const [wanted, setWanted] = useState<Choice>(target ? "one" : selector ? "like" : "any");
  const choice: Choice = target ? "one" : selector ? "like" : wanted;
  const set = (patch: { target?: string; target_selector?: Selector }) => setSpec({ target: patch.target, target_selector: patch.target_selector } as never);
  const choose = (next: Choice) => {
    setWanted(next);
    set({});
  };
  const change = (patch: Partial<Record<keyof Selector, unknown>>) => {
    const next = Object.fromEntries(Object.entries({ ...selector, ...patch }).filter(([, value]) => !isNothing(value))) as Selector;
    set(Object.keys(next).length > 0 ? { target_selector: next } : {});
  };
  // What targets say of themselves, with what the draft asks for and no target has.
  const words = [...new Set([...targets.flatMap((one) => [...(one.status.capabilities ?? []), ...one.status.commands]), ...(selector?.capabilities ?? [])])].sort();
  const matching = targets.filter((one) => selector && matchesTarget(selector, one));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" disabled={readOnly}>
      <legend className="mb-2 font-medium">{m.legend}</legend>
      {(["any", "one", "like"] as const).map((one) => (
        <label key={one} className="flex gap-2">
          <input type="radio" name="designer-target" checked={choice === one} onChange={() => choose(one)} className="mt-0.5 size-4 accent-accent" />
          {m.choices[one]}
        </label>
      ))}
      {choice === "one" && (
        <SelectField
          className="mt-1 ml-6 max-w-72"
          label={m.target}
          value={target ?? ""}
          onChange={(name) => set(name === "" ? {} : { target: name })}
          disabled={readOnly}
          placeholder={m.choose}
          options={[...targets.map((one) => ({ value: one.metadata.name, label: rowName(one) })), ...(target && !targets.some((one) => one.metadata.name === target) ? [{ value: target, label: target }] : [])]}
          {...at(errorAt("spec.target"))}
        />
      )}
      {choice === "like" && (
        <div className="mt-1 ml-6 flex flex-col gap-4">
          <Field label={m.gpu} help={m.gpuHelp} className="max-w-72" {...at(errorAt("spec.target_selector.gpu_model"))}>
            {(control) => (
              <>
                <Input {...control} list="designer-selector-gpus" value={selector?.gpu_model ?? ""} readOnly={readOnly} autoComplete="off" onChange={(event) => change({ gpu_model: event.target.value })} />
                <datalist id="designer-selector-gpus">
                  {gpuModels(targets).map(({ model }) => (
                    <option key={model} value={model} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          {words.length > 0 && (
            <div role="group" aria-label={m.capabilities} className="flex flex-col gap-2">
              <p className="font-medium">{m.capabilities}</p>
              <div className="flex flex-wrap gap-x-5 gap-y-1.5">
                {words.map((word) => (
                  <Checkbox
                    key={word}
                    label={m.words[word as "gpus"] ?? <code>{word}</code>}
                    checked={selector?.capabilities?.includes(word) ?? false}
                    disabled={readOnly}
                    onChange={(on) => change({ capabilities: on ? [...(selector?.capabilities ?? []), word] : selector?.capabilities?.filter((one) => one !== word) })}
                  />
                ))}
              </div>
              <FieldError message={errorAt("spec.target_selector.capabilities")} />
            </div>
          )}
          <Field label={m.labels} {...at(errorAt("spec.target_selector.labels"))}>
            {(control) => <FieldInput field={LABELS} control={control} disabled={readOnly} value={selector?.labels ?? null} onChange={(labels) => change({ labels })} />}
          </Field>
          <p role="status" className={selector && matching.length === 0 ? "font-medium text-waiting" : "text-muted"}>
            {!selector ? m.sayOne : matching.length === 0 ? m.noMatch : m.matching(matching.map(rowName))}
          </p>
        </div>
      )}
      <FieldError message={exactAt("spec.target_selector")} />
    </fieldset>
  );
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0) || (typeof value === "object" && Object.keys(value).length === 0);
}
