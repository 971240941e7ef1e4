// The values an input may take: ticked among the template's, or written where the template leaves them open.
import { Plus, X } from "lucide-react";
import { useEffect, useRef } from "react";
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
  // A value that was added a moment ago is what one wants to write next.
  const list = useRef<HTMLFieldSetElement>(null);
  const added = useRef(false);
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    const inputs = list.current?.querySelectorAll<HTMLElement>("[data-allowed] input, [data-allowed] select, [data-allowed] textarea");
    inputs?.[inputs.length - 1]?.focus();
  });
  if (override === "locked" || field.sensitive) return null;
  if (templateChoices.length > 0) {
    const chosen = rule?.choices ?? templateChoices;
    const has = (choice: Choice) => chosen.some((one) => sameValue(one.value, choice.value));
    const set = (next: Choice[]) => onChange({ choices: next.length === templateChoices.length && override !== "restricted" ? undefined : next });
    const toggle = (choice: Choice, on: boolean) => set(templateChoices.filter((one) => (sameValue(one.value, choice.value) ? on : has(one))));
    return (
      <fieldset className="flex flex-col gap-1.5" disabled={readOnly}>
        <legend className="mb-1 font-medium">{m.choices}</legend>
        {templateChoices.map((choice) => (
          <Checkbox key={JSON.stringify(choice.value)} label={choice.label || String(choice.value)} checked={has(choice)} disabled={readOnly} onChange={(on) => toggle(choice, on)} />
        ))}
        <p className="text-12 text-muted">{m.choicesHelp}</p>
        {templateChoices.length > 3 && !readOnly && (
          <span className="flex gap-2">
            <Button size="small" onClick={() => set(templateChoices)}>
              {m.tickAll}
            </Button>
            <Button size="small" onClick={() => set(templateChoices.slice(0, 1))}>
              {m.tickFirst}
            </Button>
          </span>
        )}
        <FieldError message={error("choices")} />
      </fieldset>
    );
  }
  if (override !== "restricted" && !(rule?.choices && rule.choices.length > 0) && !CHOOSING.includes(field.type)) return null;
  const choices = rule?.choices ?? [];
  const set = (next: Choice[]) => onChange({ choices: next.length > 0 ? next : undefined });
  const change = (index: number, patch: Partial<Choice>) => set(choices.map((choice, i) => (i === index ? { ...choice, ...patch } : choice)));
  return (
    <fieldset ref={list} className="flex flex-col gap-2" disabled={readOnly}>
      <legend className="mb-1 font-medium">{m.choices}</legend>
      {choices.map((choice, index) => (
        <div key={index} className="flex flex-col gap-1">
          <div className="flex flex-wrap items-start gap-2">
            <div className="min-w-40 flex-1" data-allowed>
              <FieldInput
                field={{ ...field, widget: undefined as never }}
                control={{ id: `allowed-${field.name}-${index}`, "aria-label": m.allowedValue(index + 1) } as never}
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
      <Button size="small" icon={<Plus size={14} aria-hidden />} className="self-start" onClick={() => {
          added.current = true;
          const start = field.default ?? "";
          // The template's default is the likeliest first value; the next ones are for somebody to write.
          set([...choices, { value: choices.some((choice) => sameValue(choice.value, start)) ? "" : start }]);
        }}
      >
        {m.addChoice}
      </Button>
      <FieldError message={error("choices")} />
    </fieldset>
  );
}
