// The part of a profile's form that may be answered anew after launch.
import type { Form } from "../../../../api/types";

export function mutableForm(form: Form): Form {
  const fields = form.fields.filter((field) => field.mutable && !field.locked && !field.hidden);
  return only(form, new Set(fields.map((field) => field.name)));
}

/** The form with only these fields. */
export function only(form: Form, names: ReadonlySet<string>): Form {
  return {
    fields: form.fields.filter((field) => names.has(field.name)),
    sections: form.sections.map((section) => ({ ...section, fields: section.fields.filter((name) => names.has(name)) })),
    presets: [],
  };
}
