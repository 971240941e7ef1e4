// Answers to several inputs at once.
import { ChevronDown, ChevronUp, Plus, Trash2, X } from "lucide-react";
import type { Field as TemplateField, Preset, Values } from "../../../api/types";
import { FieldInput } from "../../../forms/FieldInput";
import { labelOf } from "../../../forms/values";
import { designer } from "../../../messages/en/designer";
import { Button, IconButton } from "../../../ui/Button";
import { Field, FieldError, Select, TextField } from "../../../ui/Field";
import { EmptyState } from "../../../ui/Page";
import { at, useDesigner } from "./context";
import { mergeField, ruleOf } from "./rules";

const m = designer.presets;

export function PresetsPart() {
  const { draft, setSpec, fields, readOnly } = useDesigner();
  const presets = draft.spec.presets ?? [];
  const set = (next: Preset[]) => setSpec({ presets: next });
  const add = !readOnly && fields !== undefined && (
    <Button
      icon={<Plus size={16} aria-hidden />}
      className="self-start"
      onClick={() => {
        let number = presets.length + 1;
        while (presets.some((preset) => preset.name === m.newName(number))) number += 1;
        set([...presets, { name: m.newName(number), label: "", description: "", values: {} }]);
      }}
    >
      {m.add}
    </Button>
  );
  const swap = (index: number, by: -1 | 1) => {
    const next = [...presets];
    const [a, b] = [next[index], next[index + by]];
    if (a && b) [next[index], next[index + by]] = [b, a];
    set(next);
  };
  if (!fields) return <p className="text-muted">{designer.inputs.chooseFirst}</p>;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{m.text}</p>
      {presets.length === 0 && (
        <EmptyState title={m.none.title} action={add}>
          {m.none.text}
        </EmptyState>
      )}
      {presets.map((preset, index) => (
        <PresetCard
          key={index}
          preset={preset}
          index={index}
          fields={fields}
          onChange={(patch) => set(presets.map((one, i) => (i === index ? { ...one, ...patch } : one)))}
          onRemove={() => set(presets.filter((_, i) => i !== index))}
          onUp={index > 0 ? () => swap(index, -1) : undefined}
          onDown={index < presets.length - 1 ? () => swap(index, 1) : undefined}
        />
      ))}
      {presets.length > 0 && add}
    </div>
  );
}

interface PresetCardProps {
  preset: Preset;
  index: number;
  fields: TemplateField[];
  onChange: (patch: Partial<Preset>) => void;
  onRemove: () => void;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
}

function PresetCard({ preset, index, fields, onChange, onRemove, onUp, onDown }: PresetCardProps) {
  const { draft, readOnly, errorAt } = useDesigner();
  const path = `spec.presets.${index}`;
  const byName = (name: string) => {
    const field = fields.find((one) => one.name === name);
    return field && { ...mergeField(field, ruleOf(draft.spec.inputs, name).rule), locked: false, hidden: false };
  };
  const free = fields.filter((field) => !(field.name in preset.values) && !field.sensitive);
  const setValue = (name: string, value: Values[string]) => onChange({ values: { ...preset.values, [name]: value } });
  const { label, name } = preset;
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-md border border-line p-4" disabled={readOnly}>
      <legend className="sr-only">{label || name}</legend>
      <div className="flex items-center justify-between gap-2">
        <span className="font-semibold">{label || name}</span>
        <span className="flex">
          <IconButton label={m.up(name)} size="small" disabled={!onUp} onClick={onUp}>
            <ChevronUp size={16} aria-hidden />
          </IconButton>
          <IconButton label={m.down(name)} size="small" disabled={!onDown} onClick={onDown}>
            <ChevronDown size={16} aria-hidden />
          </IconButton>
          <IconButton label={m.remove(name)} size="small" onClick={onRemove}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </span>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={m.label} value={label ?? ""} onChange={(text) => onChange({ label: text })} {...at(errorAt(`${path}.label`))} />
        <TextField label={m.name} required value={name} onChange={(text) => onChange({ name: text })} {...at(errorAt(`${path}.name`))} input={{ className: "font-mono", spellCheck: false }} />
      </div>
      <TextField label={m.description} optional value={preset.description ?? ""} onChange={(text) => onChange({ description: text })} {...at(errorAt(`${path}.description`))} />
      <div className="flex flex-col gap-3">
        <p className="font-medium">{m.values}</p>
        {Object.entries(preset.values).map(([fieldName, value]) => {
          const field = byName(fieldName);
          const fieldLabel = field ? labelOf(field) : fieldName;
          return (
            <div key={fieldName} className="flex items-start gap-2">
              <Field label={fieldLabel} className="min-w-0 flex-1" {...at(errorAt(`${path}.values.${fieldName}`))}>
                {(control) => (field ? <FieldInput field={field} control={control} disabled={readOnly} value={value} onChange={(next) => setValue(fieldName, next)} /> : <code id={control.id}>{JSON.stringify(value)}</code>)}
              </Field>
              <IconButton
                label={m.removeValue(fieldLabel)}
                size="small"
                onClick={() => onChange({ values: Object.fromEntries(Object.entries(preset.values).filter(([key]) => key !== fieldName)) })}
              >
                <X size={16} aria-hidden />
              </IconButton>
            </div>
          );
        })}
        <FieldError message={errorAt(`${path}.values`)} />
        {free.length > 0 && !readOnly && (
          <Select
            aria-label={m.addValue}
            value=""
            className="max-w-64"
            onChange={(event) => {
              const field = byName(event.target.value);
              if (field) setValue(field.name, field.default ?? (field.type === "boolean" ? true : field.type === "list" || field.type === "multi_choice" ? [] : ""));
            }}
          >
            <option value="">{m.addValue}</option>
            {free.map((field) => (
              <option key={field.name} value={field.name}>
                {labelOf(field)}
              </option>
            ))}
          </Select>
        )}
      </div>
    </fieldset>
  );
}
