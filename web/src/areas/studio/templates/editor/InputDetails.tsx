// One input of a template in full: what it is, what it may be, who may set it, and when it is asked.
import { Plus, Trash2 } from "lucide-react";
import type { Field as TemplateField, FieldError as ServerError, FieldType, FormField, Json, OptionSource, Override } from "../../../../api/types";
import { FieldInput } from "../../../../forms/FieldInput";
import { templates } from "../../../../messages/en/templates";
import { Button, IconButton } from "../../../../ui/Button";
import { Checkbox, Field, FieldError, SelectField, TextArea, TextField } from "../../../../ui/Field";
import { choicesText, parseChoices } from "./choices";

const m = templates.inputs;
const TYPES: FieldType[] = ["text", "multiline", "integer", "decimal", "boolean", "choice", "multi_choice", "list", "key_value", "secret", "ssh_key", "size", "duration", "image", "json"];
const BOUNDED: FieldType[] = ["integer", "decimal", "size", "duration"];
const LONG: FieldType[] = ["text", "multiline", "list", "multi_choice", "key_value", "image"];
const PATTERNED: FieldType[] = ["text", "multiline", "list", "image"];

interface DetailsProps {
  field: TemplateField;
  errors: ServerError[];
  /** Of this input in the document, as the server names it. */
  path: string;
  onChange: (patch: Partial<TemplateField>) => void;
}

export function InputDetails({ field, errors, path, onChange }: DetailsProps) {
  const at = (part: string) => {
    const message = errors.find((error) => error.path === `${path}.${part}` || error.path.startsWith(`${path}.${part}.`))?.message;
    return message ? { error: message } : {};
  };
  const words = (key: "label" | "section" | "unit" | "pattern" | "pattern_message" | "visible_when" | "required_when", label: string, help?: string, mono = false) => (
    <TextField label={label} optional value={field[key] ?? ""} onChange={(value) => onChange({ [key]: value || undefined })} {...(help ? { help } : {})} {...at(key)} input={mono ? { className: "font-mono", spellCheck: false } : {}} />
  );
  const plain: FormField = { ...field, hidden: false, override: "allowed", locked: false, sensitive: false };
  const { min: _min, max: _max, step: _step, choices: _choices, widget: _widget, ...free } = plain;
  const limit = (key: "min" | "max" | "step", label: string) => (
    <Field label={label} optional {...at(key)}>
      {(control) => <FieldInput field={free} control={control} disabled={false} value={field[key]} onChange={(value) => onChange({ [key]: isNothing(value) ? undefined : value })} />}
    </Field>
  );
  const count = (key: "min_length" | "max_length", label: string) => (
    <TextField label={label} optional value={field[key] == null ? "" : String(field[key])} onChange={(text) => onChange({ [key]: /^\d+$/.test(text) ? Number(text) : undefined })} {...at(key)} input={{ inputMode: "numeric" }} />
  );
  const flag = (key: "required" | "sensitive" | "mutable" | "hidden", label: string) => (
    <div>
      <Checkbox label={label} checked={field[key] ?? false} onChange={(on) => onChange({ [key]: on || undefined })} />
      <FieldError message={at(key).error} />
    </div>
  );
  const general = errors.find((error) => error.path === path)?.message;
  const rules = field.rules ?? [];
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <FieldError message={general} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={m.name} required help={m.nameHelp} value={field.name ?? ""} onChange={(name) => onChange({ name })} {...at("name")} input={{ className: "font-mono", spellCheck: false }} />
        <SelectField label={m.type} value={field.type} onChange={(type) => onChange({ type: type as FieldType, default: undefined, min: undefined, max: undefined, step: undefined } as never)} options={TYPES.map((type) => ({ value: type, label: type }))} {...at("type")} />
        {words("label", m.label)}
        {words("section", m.section)}
      </div>
      <Field label={m.help} optional {...at("help")}>
        {(control) => <TextArea {...control} rows={2} value={field.help ?? ""} onChange={(event) => onChange({ help: event.target.value || undefined } as never)} />}
      </Field>
      {(field.type === "choice" || field.type === "multi_choice" || field.override === "restricted") && (
        <Field label={m.choices} help={m.choicesHelp} {...at("choices")}>
          {(control) => <TextArea {...control} rows={4} className="font-mono" defaultValue={choicesText(field.choices ?? [])} onChange={(event) => onChange({ choices: parseChoices(event.target.value, field) } as never)} />}
        </Field>
      )}
      <SelectField label={m.optionsFrom} optional value={field.options_from ?? ""} onChange={(value) => onChange({ options_from: (value || undefined) as OptionSource } as never)} options={[{ value: "", label: m.noSource }, ...Object.entries(m.sources).map(([value, label]) => ({ value, label }))]} {...at("options_from")} />
      {!field.sensitive && (
        <Field
          label={m.default}
          optional
          {...at("default")}
          aside={
            field.default !== undefined && (
              <Button size="small" variant="quiet" onClick={() => onChange({ default: undefined } as never)}>
                {m.clear}
              </Button>
            )
          }
        >
          {(control) => <FieldInput field={plain} control={control} disabled={false} value={field.default} onChange={(value) => onChange({ default: isNothing(value) ? undefined : value } as never)} />}
        </Field>
      )}
      {BOUNDED.includes(field.type) && (
        <div className="grid gap-4 sm:grid-cols-2">
          {limit("min", m.min)}
          {limit("max", m.max)}
          {limit("step", m.step)}
          {words("unit", m.unit)}
        </div>
      )}
      {LONG.includes(field.type) && (
        <div className="grid gap-4 sm:grid-cols-2">
          {count("min_length", m.minLength)}
          {count("max_length", m.maxLength)}
        </div>
      )}
      {PATTERNED.includes(field.type) && (
        <div className="grid gap-4 sm:grid-cols-2">
          {words("pattern", m.pattern, m.patternHelp, true)}
          {words("pattern_message", m.patternMessage)}
        </div>
      )}
      <SelectField label={m.override} value={field.override ?? "allowed"} onChange={(value) => onChange({ override: value === "allowed" ? undefined : (value as Override) } as never)} options={Object.entries(m.overrides).map(([value, label]) => ({ value, label }))} {...at("override")} />
      <div className="flex flex-col gap-2">
        {flag("required", m.required)}
        {flag("mutable", m.mutable)}
        {flag("sensitive", m.sensitive)}
        {flag("hidden", m.hidden)}
      </div>
      <section className="flex flex-col gap-4" aria-label={m.conditions}>
        <div>
          <h2 className="font-medium">{m.conditions}</h2>
          <p className="text-12 text-muted">{m.conditionsHelp}</p>
        </div>
        {words("visible_when", m.visibleWhen, undefined, true)}
        {words("required_when", m.requiredWhen, undefined, true)}
        {rules.map((rule, index) => {
          const set = (patch: Partial<typeof rule>) => onChange({ rules: rules.map((one, other) => (other === index ? { ...one, ...patch } : one)) });
          return (
            <div key={index} className="flex items-start gap-2">
              <div className="grid flex-1 gap-2 sm:grid-cols-2">
                <TextField label={m.rule} value={rule.expression ?? ""} onChange={(expression) => set({ expression })} {...at(`rules.${index}.expression`)} input={{ className: "font-mono", spellCheck: false }} />
                <TextField label={m.ruleMessage} value={rule.message ?? ""} onChange={(message) => set({ message })} {...at(`rules.${index}.message`)} />
              </div>
              <IconButton label={m.removeRule} className="mt-6" onClick={() => onChange({ rules: rules.length === 1 ? undefined : rules.filter((_, other) => other !== index) } as never)}>
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </div>
          );
        })}
        <Button size="small" className="self-start" icon={<Plus size={14} aria-hidden />} onClick={() => onChange({ rules: [...rules, { expression: "", message: "" }] })}>
          {m.addRule}
        </Button>
      </section>
    </div>
  );
}

const isNothing = (value: Json) => value === null || value === "";
