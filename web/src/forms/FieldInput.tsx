// The control of one field, by its type and widget.
import type { FormField, Json } from "../api/types";
import { forms as m } from "../messages/en/forms";
import { Combobox } from "../ui/Combobox";
import { type ControlProps, Input, Select, TextArea } from "../ui/Field";
import { BooleanInput, CardsInput, MultiChoiceInput, RadioInput } from "./choice-inputs";
import { JsonInput, KeyValueInput, ListInput } from "./list-inputs";
import { DurationInput, SizeInput, SliderInput } from "./number-inputs";
import { isSealed, labelOf, parseNumber } from "./values";

export interface InputProps {
  field: FormField;
  value: Json | undefined;
  onChange: (value: Json) => void;
  control: ControlProps;
  disabled: boolean;
}

/** Lists longer than this are searched rather than scrolled. */
const SEARCH_FROM = 12;

export function FieldInput(props: InputProps) {
  const { field, value, onChange, control, disabled } = props;
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (field.sensitive && (field.type === "text" || field.type === "multiline"))
    return (
      <Input
        {...control}
        type="password"
        autoComplete="new-password"
        disabled={disabled}
        value={text}
        placeholder={isSealed(value) ? m.sealed : field.placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  switch (field.type) {
    case "boolean":
      return <BooleanInput {...props} />;
    case "choice":
      if (field.widget === "radio") return <RadioInput {...props} />;
      if (field.widget === "cards") return <CardsInput {...props} />;
      return <ChoiceSelect {...props} />;
    case "secret":
      return <ChoiceSelect {...props} />;
    case "multi_choice":
      return <MultiChoiceInput {...props} />;
    case "list":
      return <ListInput {...props} />;
    case "key_value":
      return <KeyValueInput {...props} />;
    case "json":
      return <JsonInput {...props} />;
    case "size":
      return <SizeInput {...props} />;
    case "duration":
      return <DurationInput {...props} />;
    case "integer":
    case "decimal":
      if (field.override === "restricted" && field.choices?.length) return <ChoiceSelect {...props} />;
      if (field.widget === "slider" && typeof field.min === "number" && typeof field.max === "number") return <SliderInput {...props} />;
      return (
        <div className="flex items-center gap-2">
          <Input
            {...control}
            inputMode={field.type === "integer" ? "numeric" : "decimal"}
            autoComplete="off"
            disabled={disabled}
            value={text}
            placeholder={field.placeholder}
            onChange={(event) => onChange(parseNumberWhileTyping(event.target.value))}
            className="max-w-40 text-right"
          />
          {field.unit && <span className="text-muted">{field.unit}</span>}
        </div>
      );
    case "multiline":
    case "ssh_key":
      return (
        <TextArea
          {...control}
          rows={field.type === "ssh_key" ? 3 : 5}
          disabled={disabled}
          value={text}
          placeholder={field.placeholder}
          spellCheck={field.type === "multiline" && field.widget !== "code"}
          onChange={(event) => onChange(event.target.value)}
          className={field.type === "ssh_key" || field.widget === "code" ? "font-mono text-12" : undefined}
        />
      );
    default:
      if (field.choices?.length) return <ChoiceSelect {...props} />;
      return (
        <Input
          {...control}
          autoComplete="off"
          disabled={disabled}
          value={text}
          placeholder={field.placeholder}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          className={field.type === "image" ? "font-mono" : undefined}
        />
      );
  }
}

/** `1.` and `-` are on the way to a number: they stay text until they are one. */
function parseNumberWhileTyping(text: string): Json {
  return /[.,eE-]$/.test(text) || /\.\d*0$/.test(text) ? text : parseNumber(text);
}

function ChoiceSelect({ field, value, onChange, control, disabled }: InputProps) {
  const choices = field.choices ?? [];
  if (choices.length === 0 && !disabled) return <p className="text-muted">{m.noOptions}</p>;
  const key = (one: Json | undefined) => (one === undefined || one === null ? "" : JSON.stringify(one));
  const options = choices.map((choice) => ({ value: key(choice.value), label: choice.label || String(choice.value), help: choice.help ?? "" }));
  const current = key(value);
  // A value outside the options, such as one that was locked by the template, is shown all the same.
  if (current !== "" && !options.some((option) => option.value === current)) options.unshift({ value: current, label: String(value), help: "" });
  // A choice that may stay open says what that means, where it can.
  const open = field.placeholder ?? (field.options_from === "target_gpu_models" && !control.required ? m.anyModel : undefined);
  const choose = (chosen: string | null) => onChange(chosen ? (JSON.parse(chosen) as Json) : null);
  if (options.length >= SEARCH_FROM)
    return <Combobox control={control} options={options} value={current || null} onChange={choose} disabled={disabled} placeholder={open ?? m.choose} label={labelOf(field)} />;
  return (
    <Select {...control} value={current} disabled={disabled} onChange={(event) => choose(event.target.value)}>
      {(current === "" || !control.required) && <option value="">{open ?? (current === "" ? m.choose : m.nothing)}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.help ? `${option.label} — ${option.help}` : option.label}
        </option>
      ))}
    </Select>
  );
}
