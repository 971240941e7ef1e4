// Between a profile's input rules and the rows of the designer. The server narrows and checks; this only keeps the list.
import type { Field, FormField, InputRule } from "../../../api/types";

/** The rule for a field, and its place in the list: errors name rules by place. */
export function ruleOf(rules: InputRule[] | undefined, name: string): { rule: InputRule | undefined; index: number } {
  const index = (rules ?? []).findIndex((rule) => rule.name === name);
  return { rule: rules?.[index], index };
}

/** Changes the rule for a field. `undefined` takes a part away, and a rule that says nothing more goes altogether. */
export function setRule(rules: InputRule[] | undefined, name: string, patch: Partial<InputRule>): InputRule[] {
  const { rule, index } = ruleOf(rules, name);
  const next = Object.fromEntries(Object.entries({ name, ...rule, ...patch }).filter(([, value]) => value !== undefined)) as unknown as InputRule;
  const empty = Object.keys(next).length === 1;
  const list = rules ?? [];
  if (index === -1) return empty ? list : [...list, next];
  return empty ? list.filter((_, i) => i !== index) : list.map((old, i) => (i === index ? next : old));
}

/** Rules whose field the template does not have, as after a change of template. */
export function strayRules(rules: InputRule[] | undefined, fields: Field[]): InputRule[] {
  return (rules ?? []).filter((rule) => !fields.some((field) => field.name === rule.name));
}

/** The field as the rule leaves it, near enough to show; what people are asked is the server's answer. */
export function mergeField(field: Field, rule: InputRule | undefined): FormField {
  const override = rule?.override ?? field.override ?? "allowed";
  return {
    ...field,
    ...(rule?.value !== undefined ? { default: rule.value } : {}),
    ...(rule?.choices ? { choices: rule.choices } : {}),
    ...(rule?.min !== undefined ? { min: rule.min } : {}),
    ...(rule?.max !== undefined ? { max: rule.max } : {}),
    ...(rule?.label !== undefined ? { label: rule.label } : {}),
    ...(rule?.help !== undefined ? { help: rule.help } : {}),
    ...(rule?.section !== undefined ? { section: rule.section } : {}),
    ...(rule?.order !== undefined ? { order: rule.order } : {}),
    ...(rule?.widget !== undefined ? { widget: rule.widget } : {}),
    required: rule?.required ?? field.required ?? false,
    mutable: rule?.mutable ?? field.mutable ?? false,
    hidden: rule?.hidden ?? field.hidden ?? false,
    override,
    locked: override === "locked",
  };
}

export interface Group {
  section: string;
  fields: Field[];
}

/** The fields as people will meet them: by order, headings where their first field stands. */
export function arrange(fields: Field[], rules: InputRule[] | undefined): Group[] {
  const sorted = fields
    .map((field, index) => ({ field, index, merged: mergeField(field, ruleOf(rules, field.name).rule) }))
    .sort((a, b) => (a.merged.order ?? 0) - (b.merged.order ?? 0) || a.index - b.index);
  const groups = new Map<string, Field[]>();
  for (const { field, merged } of sorted) {
    const section = merged.section ?? "";
    groups.set(section, [...(groups.get(section) ?? []), field]);
  }
  return [...groups].map(([section, list]) => ({ section, fields: list }));
}

/** Whether a field can move among those under its heading. */
export function canMove(groups: Group[], name: string, by: -1 | 1): boolean {
  const group = groups.find((one) => one.fields.some((field) => field.name === name));
  const index = group?.fields.findIndex((field) => field.name === name) ?? -1;
  return group !== undefined && index + by >= 0 && index + by < group.fields.length;
}

/** Moves a field up or down under its heading, by giving every field its place where that differs from the template's. */
export function move(fields: Field[], rules: InputRule[] | undefined, name: string, by: -1 | 1): InputRule[] {
  const groups = arrange(fields, rules);
  if (!canMove(groups, name, by)) return rules ?? [];
  const flat = groups.flatMap((group) => {
    const index = group.fields.findIndex((field) => field.name === name);
    const list = [...group.fields];
    if (index !== -1) {
      const other = list[index + by];
      const mine = list[index];
      if (mine && other) [list[index], list[index + by]] = [other, mine];
    }
    return list;
  });
  return flat.reduce((kept, field, place) => {
    const order = (place + 1) * 10;
    return setRule(kept, field.name, { order: order === (field.order ?? 0) ? undefined : order });
  }, rules ?? []);
}

/** The parts of a rule in a few words, for the closed row. */
export function ruleSays(rule: InputRule | undefined): (keyof InputRule)[] {
  return rule ? (Object.keys(rule) as (keyof InputRule)[]).filter((key) => key !== "name") : [];
}
