// Sizes and durations with units, and sliders.
import { useEffect, useState } from "react";
import type { Json } from "../api/types";
import { forms as m } from "../messages/en/forms";
import { Input, Select } from "../ui/Field";
import type { InputProps } from "./FieldInput";
import {
  DURATION_UNITS,
  type DurationUnit,
  SIZE_UNITS,
  type SizeUnit,
  joinDuration,
  joinSize,
  labelOf,
  splitDuration,
  splitSize,
  valueText,
} from "./values";

/** Keeps what is typed and the unit, and takes over values that come from outside, such as a preset's. */
function useAmount<U extends string>(
  value: Json | undefined,
  split: (value: Json | undefined) => { amount: string; unit: U },
  join: (amount: { amount: string; unit: U }) => Json,
) {
  const [state, setState] = useState(() => split(value));
  useEffect(() => {
    setState((old) => (JSON.stringify(join(old)) === JSON.stringify(value ?? null) ? old : split(value)));
  }, [value, split, join]);
  return [state, setState] as const;
}

export function SizeInput({ field, value, onChange, control, disabled }: InputProps) {
  const [state, setState] = useAmount<SizeUnit>(value, splitSize, joinSize);
  const change = (next: typeof state) => {
    setState(next);
    onChange(joinSize(next));
  };
  return (
    <div className="flex max-w-60 gap-2">
      <Input
        {...control}
        inputMode="decimal"
        autoComplete="off"
        disabled={disabled}
        value={state.amount}
        placeholder={field.placeholder}
        onChange={(event) => change({ ...state, amount: event.target.value })}
        className="text-right"
      />
      <Select aria-label={m.unit(labelOf(field))} disabled={disabled} value={state.unit} onChange={(event) => change({ ...state, unit: event.target.value as SizeUnit })} className="w-20">
        {SIZE_UNITS.map((unit) => (
          <option key={unit}>{unit}</option>
        ))}
      </Select>
    </div>
  );
}

export function DurationInput({ field, value, onChange, control, disabled }: InputProps) {
  const [state, setState] = useAmount<DurationUnit>(value, splitDuration, joinDuration);
  const change = (next: typeof state) => {
    setState(next);
    onChange(joinDuration(next));
  };
  return (
    <div className="flex max-w-60 gap-2">
      <Input
        {...control}
        inputMode="decimal"
        autoComplete="off"
        disabled={disabled}
        value={state.amount}
        placeholder={field.placeholder}
        onChange={(event) => change({ ...state, amount: event.target.value })}
        className="text-right"
      />
      <Select
        aria-label={m.unit(labelOf(field))}
        disabled={disabled}
        value={state.unit}
        onChange={(event) => change({ ...state, unit: event.target.value as DurationUnit })}
        className="w-28"
      >
        {DURATION_UNITS.map((unit) => (
          <option key={unit} value={unit}>
            {m.durations[unit]}
          </option>
        ))}
      </Select>
    </div>
  );
}

export function SliderInput({ field, value, onChange, control, disabled }: InputProps) {
  const min = Number(field.min);
  const number = typeof value === "number" ? value : min;
  return (
    <div className="flex items-center gap-3">
      <input
        {...control}
        type="range"
        disabled={disabled}
        min={min}
        max={Number(field.max)}
        step={typeof field.step === "number" ? field.step : field.type === "integer" ? 1 : "any"}
        value={number}
        aria-valuetext={valueText(field, number)}
        onChange={(event) => onChange(Number(event.target.value))}
        className="h-8 flex-1 accent-accent"
      />
      <output htmlFor={control.id} className="min-w-16 text-right">
        {valueText(field, number)}
      </output>
    </div>
  );
}
