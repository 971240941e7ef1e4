// What a profile lays over one input: who may set it, its value, what is allowed, how it reads.
import { useId } from "react";
import type { Field as TemplateField, FormField, InputRule, Json } from "../../../api/types";
import { FieldInput } from "../../../forms/FieldInput";
import { labelOf, valueText } from "../../../forms/values";
import { designer } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { Checkbox, Field, FieldError, SelectField, TextArea, TextField } from "../../../ui/Field";
import { AllowedValues } from "./AllowedValues";
import { Conditions } from "./Conditions";
import { OVERRIDES } from "./InputRow";
import { Redirects } from "./Redirects";
import { at, useDesigner } from "./context";
import { fitValue, ruleSays, widgetsOf } from "./rules";

const m = designer.inputs;
const BOUNDED = ["integer", "decimal", "size", "duration"];

export interface RuleEditorProps {
  field: TemplateField;
  rule: InputRule | undefined;
  /** Its place among the rules, for error paths; -1 while there is none. */
  index: number;
  /** Which of how many on the form. */
  place: [number, number];
  onRule: (name: string, patch: Partial<InputRule>) => void;
}

export function RuleEditor({ field, rule, index, place, onRule }: RuleEditorProps) {
  const { answer, readOnly, errorAt, exactAt, draft, setSpec } = useDesigner();
  const id = useId();
  const onChange = (patch: Partial<InputRule>) => onRule(field.name, patch);
  const error = (part: string) => (index === -1 ? undefined : errorAt(`spec.inputs.${index}.${part}`));
  const override = rule?.override ?? field.override ?? "allowed";
  // The preview knows live options, such as GPU models; the template only names where they come from.
  const live = field.options_from ? answer?.form.fields.find((one) => one.name === field.name)?.choices : undefined;
  const shown: FormField = { ...field, ...(live ? { choices: live } : {}), hidden: false, override: "allowed", locked: false };
  // The value is one of those that are left, as for people.
  const answered: FormField = rule?.choices && rule.choices.length > 0 && override !== "locked" ? { ...shown, choices: rule.choices, override } : shown;
  const given = rule?.value;
  const standing = given ?? field.default;
  const general = index === -1 ? undefined : exactAt(`spec.inputs.${index}`);
  const widgets = widgetsOf(field);
  const reset = () => setSpec({ inputs: (draft.spec.inputs ?? []).filter((one) => one.name !== field.name) });
  const fit = () => {
    const patch = fitValue(field, rule);
    if (Object.keys(patch).length > 0) onChange(patch);
  };
  const limit = (which: "min" | "max") => (
    <Field label={m[which]} {...at(error(which))}>
      {(control) => (
        <FieldInput
          field={{ ...shown, min: undefined as never, max: undefined as never, choices: [], widget: undefined as never }}
          control={control}
          disabled={readOnly}
          value={rule?.[which] ?? field[which]}
          onChange={(value) => onChange({ [which]: value === null || value === field[which] ? undefined : value })}
        />
      )}
    </Field>
  );
  return (
    <div className="flex max-w-xl flex-col gap-5">
      <fieldset className="flex flex-col gap-1.5" disabled={readOnly}>
        <legend className="mb-1 font-medium">{m.override}</legend>
        {OVERRIDES.map((option) => (
          <label key={option} className="flex gap-2">
            <input
              type="radio"
              name={`${id}-override`}
              checked={override === option}
              onChange={() => onChange({ override: option === (field.override ?? "allowed") ? undefined : option })}
              className="mt-0.5 size-4 accent-accent"
            />
            {m.overrides[option]}
          </label>
        ))}
        <FieldError message={error("override")} />
      </fieldset>
      <AllowedValues field={shown} templateChoices={field.choices ?? live ?? []} rule={rule} override={override} error={error} onChange={onChange} readOnly={readOnly} />
      {override !== "locked" && <Redirects field={shown} rule={rule} error={error} onChange={onChange} />}
      {BOUNDED.includes(field.type) && override !== "locked" && (
        // Once both limits are typed, the value people start from moves to the nearer one.
        <div className="grid gap-5 sm:grid-cols-2" onBlur={fit}>
          {limit("min")}
          {limit("max")}
        </div>
      )}
      {field.sensitive ? (
        <p className="text-muted">{m.sensitive}</p>
      ) : (
        <Field
          label={override === "locked" ? m.lockedValue : m.value}
          help={override === "locked" ? m.lockedValueHelp : m.valueHelp}
          {...at(error("value"))}
          aside={
            given !== undefined && !readOnly ? (
              <Button size="small" variant="quiet" onClick={() => onChange({ value: undefined })}>
                {m.clearValue}
              </Button>
            ) : (
              <span className="text-12 text-muted">{m.templateDefault}</span>
            )
          }
        >
          {(control) => <FieldInput field={answered} control={control} disabled={readOnly} value={standing} onChange={(value) => onChange({ value: isNothing(value) ? undefined : value })} />}
        </Field>
      )}
      {override !== "allowed" && (
        <TextField label={m.reason} optional help={m.reasonHelp} value={rule?.reason ?? ""} onChange={(reason) => onChange({ reason: reason || undefined })} {...at(error("reason"))} input={{ readOnly }} />
      )}
      <div className="flex flex-col gap-2">
        <Checkbox label={m.hidden} help={m.hiddenHelp} checked={rule?.hidden ?? field.hidden ?? false} disabled={readOnly || field.hidden === true} onChange={(on) => onChange({ hidden: on || undefined })} />
        <FieldError message={error("hidden")} />
        <Checkbox label={m.required} help={field.required ? m.tooNarrow : undefined} checked={rule?.required ?? field.required ?? false} disabled={readOnly || field.required === true} onChange={(on) => onChange({ required: on || undefined })} />
        <FieldError message={error("required")} />
        <Checkbox label={m.mutable} help={field.mutable ? undefined : m.tooNarrow} checked={rule?.mutable ?? field.mutable ?? false} disabled={readOnly || !field.mutable} onChange={(on) => onChange({ mutable: on ? undefined : false })} />
        <FieldError message={error("mutable")} />
      </div>
      <TextField label={m.label} optional value={rule?.label ?? ""} onChange={(label) => onChange({ label: label || undefined })} {...at(error("label"))} input={{ placeholder: labelOf(field), readOnly }} />
      <Field label={m.help} optional {...at(error("help"))}>
        {(control) => <TextArea {...control} rows={2} readOnly={readOnly} value={rule?.help ?? ""} placeholder={field.help ?? ""} onChange={(event) => onChange({ help: event.target.value || undefined })} />}
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField label={m.section} optional value={rule?.section ?? ""} onChange={(section) => onChange({ section: section || undefined })} {...at(error("section"))} input={{ placeholder: field.section ?? "", readOnly }} />
        {widgets.length > 1 && (
          <SelectField
            label={m.widget}
            value={rule?.widget ?? field.widget ?? ""}
            onChange={(widget) => onChange({ widget: widget === "" || widget === field.widget ? undefined : widget })}
            disabled={readOnly}
            {...(field.widget ? {} : { placeholder: m.usualWidget })}
            options={[...widgets, ...(field.widget && !widgets.includes(field.widget) ? [field.widget] : [])].map((widget) => ({ value: widget, label: m.widgets[widget as "select"] ?? widget }))}
            {...at(error("widget"))}
          />
        )}
      </div>
      <p className="text-12 text-muted">{m.placeOf(...place)}</p>
      <Conditions field={field} />
      <FieldError message={general} />
      {ruleSays(rule).length > 0 && !readOnly && (
        <Button size="small" className="self-start" onClick={reset}>
          {m.reset}
        </Button>
      )}
      {field.default !== undefined && field.default !== null && <p className="text-12 text-muted">{m.asTemplate(valueText(shown, field.default))}</p>}
    </div>
  );
}

/** Emptied controls answer with null or an empty text: then the template's default stands. */
function isNothing(value: Json): boolean {
  return value === null || value === "";
}
