// Choices as radio buttons, cards and tick boxes.
import type { Json } from "../api/types";
import { forms as m } from "../messages/en/forms";
import { cx } from "../ui/cx";
import type { InputProps } from "./FieldInput";
import { labelOf } from "./values";

export function BooleanInput({ field, value, onChange, control, disabled }: InputProps) {
  return (
    <label className="flex items-center gap-2 self-start">
      <input {...control} type="checkbox" disabled={disabled} checked={value === true} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-accent" />
      <span aria-hidden>{value === true ? m.yes : m.no}</span>
      <span className="sr-only">{labelOf(field)}</span>
    </label>
  );
}

const key = (value: Json | undefined) => JSON.stringify(value ?? null);

export function RadioInput({ field, value, onChange, control, disabled }: InputProps) {
  return (
    <div role="radiogroup" aria-label={labelOf(field)} aria-describedby={control["aria-describedby"]} aria-invalid={control["aria-invalid"]} className="flex flex-wrap gap-x-5 gap-y-1.5">
      {(field.choices ?? []).map((choice, index) => (
        <label key={key(choice.value)} className="flex items-start gap-2">
          <input
            type="radio"
            id={index === 0 ? control.id : undefined}
            name={control.id}
            disabled={disabled}
            checked={key(value) === key(choice.value)}
            onChange={() => onChange(choice.value)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span>
            {choice.label || String(choice.value)}
            {choice.help && <span className="block text-12 text-muted">{choice.help}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}

export function CardsInput({ field, value, onChange, control, disabled }: InputProps) {
  return (
    <div role="radiogroup" aria-label={labelOf(field)} aria-describedby={control["aria-describedby"]} aria-invalid={control["aria-invalid"]} className="grid gap-2 sm:grid-cols-[repeat(auto-fill,minmax(180px,1fr))]">
      {(field.choices ?? []).map((choice, index) => {
        const chosen = key(value) === key(choice.value);
        return (
          <label
            key={key(choice.value)}
            className={cx(
              "flex gap-2 rounded-md border px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-accent",
              chosen ? "border-accent bg-accent-soft" : "border-line-strong/60",
              disabled ? "opacity-60" : "hover:bg-hover",
            )}
          >
            <input
              type="radio"
              id={index === 0 ? control.id : undefined}
              name={control.id}
              disabled={disabled}
              checked={chosen}
              onChange={() => onChange(choice.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
            />
            <span>
              <span className="font-medium">{choice.label || String(choice.value)}</span>
              {choice.help && <span className="block text-12 text-muted">{choice.help}</span>}
            </span>
          </label>
        );
      })}
    </div>
  );
}

export function MultiChoiceInput({ field, value, onChange, control, disabled }: InputProps) {
  const chosen = Array.isArray(value) ? value.map(key) : [];
  const toggle = (one: Json) => {
    const next = (field.choices ?? []).map((choice) => choice.value).filter((other) => (key(other) === key(one) ? !chosen.includes(key(one)) : chosen.includes(key(other))));
    onChange(next);
  };
  return (
    <div role="group" aria-label={labelOf(field)} aria-describedby={control["aria-describedby"]} className="flex flex-wrap gap-x-5 gap-y-1.5">
      {(field.choices ?? []).map((choice, index) => (
        <label key={key(choice.value)} className="flex items-start gap-2">
          <input
            type="checkbox"
            id={index === 0 ? control.id : undefined}
            disabled={disabled}
            checked={chosen.includes(key(choice.value))}
            onChange={() => toggle(choice.value)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span>
            {choice.label || String(choice.value)}
            {choice.help && <span className="block text-12 text-muted">{choice.help}</span>}
          </span>
        </label>
      ))}
    </div>
  );
}
