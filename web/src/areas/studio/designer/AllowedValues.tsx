// The values an input may take: ticked among the template's, or written where the template leaves them open.
import { Plus, X } from "lucide-react";
import type { Choice, FormField, InputRule, Json, Override } from "../../../api/types";
import { FieldInput } from "../../../forms/FieldInput";
import { sameValue } from "../../../lib/diff";
import { designer } from "../../../messages/en/designer";
import { Button, IconButton } from "../../../ui/Button";
import { Checkbox, FieldError, Input } from "../../../ui/Field";

const m = designer.inputs;
const CHOOSING = ["choice", "multi_choice", "secret"];

export interface AllowedValuesProps {
  field: FormField;
  templateChoices: Choice[];
  rule: InputRule | undefined;
  override: Override;
  error: (part: string) => string | undefined;
  onChange: (patch: Partial<InputRule>) => void;
  readOnly: boolean;
}

export function AllowedValues({ field, templateChoices, rule, override, error, onChange, readOnly }: AllowedValuesProps) {
  if (templateChoices.length > 0) {
    const chosen = rule?.choices ?? templateChoices;
    const has = (choice: Choice) => chosen.some((one) => sameValue(one.value, choice.value));
    const toggle = (choice: Choice, on: boolean) => {
      const next = templateChoices.filter((one) => (sameValue(one.value, choice.value) ? on : has(one)));
      onChange({ choices: next.length === templateChoices.length && override !== "restricted" ? undefined : next });
    };
    return (
      <fieldset className="flex flex-col gap-1.5" disabled={readOnly}>
        <legend className="mb-1 font-medium">{m.choices}</legend>
        {templateChoices.map((choice) => (
          <Checkbox key={JSON.stringify(choice.value)} label={choice.label || String(choice.value)} checked={has(choice)} disabled={readOnly} onChange={(on) => toggle(choice, on)} />
        ))}
        <p className="text-12 text-muted">{m.choicesHelp}</p>
        <FieldError message={error("choices")} />
      </fieldset>
    );
  }
  if (override !== "restricted" && !(rule?.choices && rule.choices.length > 0) && !CHOOSING.includes(field.type)) return null;
  const choices = rule?.choices ?? [];
  const set = (next: Choice[]) => onChange({ choices: next.length > 0 ? next : undefined });
  const change = (index: number, patch: Partial<Choice>) => set(choices.map((choice, i) => (i === index ? { ...choice, ...patch } : choice)));
  return (
    <fieldset className="flex flex-col gap-2" disabled={readOnly}>
      <legend className="mb-1 font-medium">{m.choices}</legend>
      {choices.map((choice, index) => (
        <div key={index} className="flex flex-col gap-1">
          <div className="flex flex-wrap items-start gap-2">
            <div className="min-w-40 flex-1">
              <FieldInput
                field={{ ...field, widget: undefined as never }}
                control={{ id: `allowed-${field.name}-${index}` }}
                disabled={readOnly}
                value={choice.value}
                onChange={(value: Json) => change(index, { value })}
              />
            </div>
            <Input aria-label={`${m.choiceLabel} ${index + 1}`} placeholder={m.choiceLabel} value={choice.label ?? ""} onChange={(event) => change(index, { label: event.target.value })} className="max-w-40" />
            <IconButton label={m.removeChoice(index + 1)} onClick={() => set(choices.filter((_, i) => i !== index))}>
              <X size={16} aria-hidden />
            </IconButton>
          </div>
          <FieldError message={error(`choices.${index}`)} />
        </div>
      ))}
      <Button size="small" icon={<Plus size={14} aria-hidden />} className="self-start" onClick={() => set([...choices, { value: field.default ?? "" }])}>
        {m.addChoice}
      </Button>
      <FieldError message={error("choices")} />
    </fieldset>
  );
}
