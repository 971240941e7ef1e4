// What a service runs on: compute made with it, or an instance that is there.
import type { ReactNode } from "react";
import type { FormAnswer } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Combobox } from "../../../ui/Combobox";
import { Field } from "../../../ui/Field";
import { Notice } from "../../../ui/Page";
import { cx } from "../../../ui/cx";
import { sizeText } from "../../../ui/SizeLine";

const m = hub.launch;

export interface ComputeChoiceProps {
  answer: FormAnswer;
  bringsOwn: boolean;
  existing: boolean;
  setExisting: (existing: boolean) => void;
  compute: string | undefined;
  setCompute: (name: string | undefined) => void;
  error: string | undefined;
  /** The form of the compute that would be made. */
  children: ReactNode;
}

export function ComputeChoice({ answer, bringsOwn, existing, setExisting, compute, setCompute, error, children }: ComputeChoiceProps) {
  const options = answer.compute_options;
  return (
    <fieldset className="flex min-w-0 flex-col gap-5">
      <legend className="mb-4 text-16 font-semibold">{m.compute}</legend>
      {bringsOwn && (
        <div role="radiogroup" aria-label={m.compute} className="grid gap-2 sm:grid-cols-2">
          <Option checked={!existing} onChange={() => setExisting(false)} title={m.computeNew} help={m.computeNewHelp} />
          <Option
            checked={existing}
            disabled={options.length === 0 && !existing}
            onChange={() => setExisting(true)}
            title={m.computeExisting}
            help={options.length === 0 ? m.computeNone : m.computeExistingHelp}
          />
        </div>
      )}
      {existing ? (
        options.length === 0 ? (
          <Notice tone="waiting">{bringsOwn ? m.computeNone : m.computeNeeded}</Notice>
        ) : (
          <Field id="field-compute" label={m.computeInstance} required error={error}>
            {(control) => (
              <Combobox
                control={control}
                value={compute ?? null}
                onChange={(name) => setCompute(name ?? undefined)}
                options={options.map((option) => ({ value: option.name, label: option.title, help: `${ui.phases[option.phase]} · ${sizeText(option.size)}` }))}
              />
            )}
          </Field>
        )
      ) : (
        children
      )}
    </fieldset>
  );
}

function Option({ checked, disabled, onChange, title, help }: { checked: boolean; disabled?: boolean; onChange: () => void; title: string; help: string }) {
  return (
    <label
      className={cx(
        "flex gap-2 rounded-md border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-accent",
        checked ? "border-accent bg-accent-soft" : "border-line-strong/60",
        disabled ? "text-muted" : "hover:bg-hover",
      )}
    >
      <input type="radio" name="compute-choice" checked={checked} disabled={disabled} onChange={onChange} className="mt-0.5 size-4 shrink-0 accent-accent outline-none" />
      <span>
        <span className="font-medium">{title}</span>
        <span className="block text-12 text-muted">{help}</span>
      </span>
    </label>
  );
}
