// A form made from a profile's inputs: sections of fields, and presets for the top of the page. Studio's preview shows the same.
import { memo } from "react";
import type { Form, FormField, Json, Preset, Values } from "../api/types";
import { useStable } from "../lib/hooks";
import { forms as m } from "../messages/en/forms";
import { Field } from "../ui/Field";
import { cx } from "../ui/cx";
import { FieldInput } from "./FieldInput";
import { labelOf, limitsText, lockText, presetApplies } from "./values";

export interface ProfileFormProps {
  form: Form;
  /** `inputs` or `compute_inputs`: where paths of visible fields and errors start. */
  prefix: string;
  /** What the person gave. */
  given: Values;
  /** What stands with defaults, from the server. */
  values: Values;
  visible: string[];
  required: string[];
  /** The messages to show, by path. */
  errorAt: (path: string) => string | undefined;
  onChange: (given: Values) => void;
  /** The focus left a field: from now on its message may be shown. */
  onLeave?: (path: string) => void;
}

export function ProfileForm(props: ProfileFormProps) {
  const { form, prefix, given, values } = props;
  const visible = new Set(props.visible);
  const required = new Set(props.required);
  // The same functions on every render, so that a keystroke draws one row anew and not two hundred.
  const change = useStable((name: string, value: Json) => props.onChange({ ...given, [name]: value }));
  const leave = useStable((path: string) => props.onLeave?.(path));
  const byName = new Map(form.fields.map((field) => [field.name, field]));
  const shown = (name: string): FormField | undefined => {
    const field = byName.get(name);
    return field && !field.hidden && visible.has(`${prefix}.${name}`) ? field : undefined;
  };
  const placed = new Set(form.sections.flatMap((section) => section.fields));
  const loose = form.fields.filter((field) => !placed.has(field.name)).map((field) => field.name);
  const sections = [...(loose.length > 0 ? [{ title: "", fields: loose }] : []), ...form.sections];
  const filled = sections
    .map((section) => ({ ...section, fields: section.fields.map(shown).filter((field) => field !== undefined) }))
    .filter((section) => section.fields.length > 0);
  if (filled.length === 0) return null;
  return (
    <div className="flex flex-col gap-8">
      {filled.map((section) => {
        return (
          <fieldset key={section.title} className="flex min-w-0 flex-col gap-5">
            {section.title && <legend className="mb-4 text-16 font-semibold">{section.title}</legend>}
            {section.fields.map((field) => {
              const path = `${prefix}.${field.name}`;
              return (
                <FormRow
                  key={field.name}
                  field={field}
                  path={path}
                  value={currentValue(field, given, values)}
                  required={!field.locked && required.has(path)}
                  error={props.errorAt(path)}
                  onChange={change}
                  onLeave={leave}
                />
              );
            })}
          </fieldset>
        );
      })}
    </div>
  );
}

/** The value that stands: what was given, else what the server filled in, else the default. */
export function currentValue(field: FormField, given: Values, values: Values): Json | undefined {
  if (!field.locked && field.name in given) return given[field.name];
  return values[field.name] ?? field.default;
}

interface FormRowProps {
  field: FormField;
  path: string;
  value: Json | undefined;
  required: boolean;
  error: string | undefined;
  onChange: (name: string, value: Json) => void;
  onLeave: (path: string) => void;
}

const FormRow = memo(function FormRow({ field, path, value, required, error, onChange, onLeave }: FormRowProps) {
  const help = [field.help, field.locked ? undefined : limitsText(field), field.sensitive && !field.help ? m.sensitive : undefined].filter(Boolean).join(" · ");
  return (
    <div
      onBlur={(event) => {
        // A step within the field, such as from an amount to its unit, leaves nothing.
        if (!event.currentTarget.contains(event.relatedTarget)) onLeave(path);
      }}
    >
      <Field id={fieldId(path)} label={labelOf(field)} help={help || undefined} error={error} required={required} locked={lockText(field)}>
        {(control) => <FieldInput field={field} control={control} disabled={field.locked} value={value} onChange={(next) => onChange(field.name, next)} />}
      </Field>
    </div>
  );
});

/** The id of a field's control, so that a list of errors can jump to it. */
export function fieldId(path: string): string {
  return `field-${path.split(".").slice(0, 2).join("-")}`;
}

/** The profile's presets, for the top of a form: one click fills many fields. */
export function Presets({ presets, given, values, onChange }: { presets: Preset[] } & Pick<ProfileFormProps, "given" | "values" | "onChange">) {
  if (presets.length === 0) return null;
  const now = { ...values, ...given };
  return (
    <div className="flex flex-col gap-2" role="group" aria-label={m.presets}>
      <h2 className="text-16 font-semibold">{m.presets}</h2>
      <div className="grid gap-2 sm:grid-cols-[repeat(auto-fill,minmax(200px,1fr))]">
        {presets.map((preset) => {
          const chosen = presetApplies(preset, now);
          return (
            <button
              key={preset.name}
              type="button"
              aria-pressed={chosen}
              onClick={() => onChange({ ...given, ...preset.values })}
              className={cx("flex flex-col items-start rounded-md border px-3 py-2 text-left", chosen ? "border-accent bg-accent-soft" : "border-line-strong/60 hover:bg-hover")}
            >
              <span className="font-medium">{preset.label || preset.name}</span>
              {preset.description && <span className="block text-12 text-muted">{preset.description}</span>}
            </button>
          );
        })}
      </div>
    </div>
  );
}
