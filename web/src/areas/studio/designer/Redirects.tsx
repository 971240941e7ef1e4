// What takes the place of values that people could choose before and cannot any more.
import type { FormField, InputRule, Json } from "../../../api/types";
import { valueText } from "../../../forms/values";
import { sameValue } from "../../../lib/diff";
import { designer } from "../../../messages/en/designer";
import { FieldError, SelectField } from "../../../ui/Field";
import { at, useDesigner } from "./context";
import { redirect, retiredValues, ruleOf } from "./rules";

const m = designer.inputs;

export interface RedirectsProps {
  field: FormField;
  rule: InputRule | undefined;
  error: (part: string) => string | undefined;
  onChange: (patch: Partial<InputRule>) => void;
}

export function Redirects({ field, rule, error, onChange }: RedirectsProps) {
  const { publishedSpec, readOnly } = useDesigner();
  const retired = publishedSpec ? retiredValues(field, ruleOf(publishedSpec.inputs, field.name).rule, rule) : [];
  if (retired.length === 0) return <FieldError message={error("redirects")} />;
  const choices = rule?.choices ?? field.choices ?? [];
  const key = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{m.redirects}</legend>
      {retired.map((value) => {
        const index = (rule?.redirects ?? []).findIndex((one) => sameValue(one.from, value));
        return (
          <SelectField
            key={key(value)}
            label={m.redirectTo(valueText(field, value))}
            value={key(rule?.redirects?.[index]?.to)}
            onChange={(to) => onChange(redirect(rule, value, to === "" ? undefined : (JSON.parse(to) as Json)))}
            disabled={readOnly}
            placeholder={m.noRedirect}
            options={choices.map((choice) => ({ value: key(choice.value), label: choice.label || String(choice.value) }))}
            {...at(index === -1 ? undefined : error(`redirects.${index}`))}
          />
        );
      })}
      <p className="text-12 text-muted">{m.redirectsHelp}</p>
    </fieldset>
  );
}
