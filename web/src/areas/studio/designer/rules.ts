// Between a profile's input rules and the rows of the designer. The server narrows and checks; this only keeps the list.
import type { Field, FormField, InputRule, Json } from "../../../api/types";
import { sameValue } from "../../../lib/diff";

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

export type RuleMap = Map<string, { rule: InputRule; index: number }>;

/** Every rule by its field's name, for lists of many fields. */
export function ruleMap(rules: InputRule[] | undefined): RuleMap {
  return new Map((rules ?? []).map((rule, index) => [rule.name, { rule, index }]));
}

/** Rules whose field the template does not have, as after a change of template. */
export function strayRules(rules: InputRule[] | undefined, fields: Field[]): InputRule[] {
  const known = new Set(fields.map((field) => field.name));
  return (rules ?? []).filter((rule) => !known.has(rule.name));
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
  const byName = ruleMap(rules);
  const sorted = fields
    .map((field, index) => ({ field, index, order: orderOf(field, byName), section: byName.get(field.name)?.rule.section ?? field.section ?? "" }))
    .sort((a, b) => a.order - b.order || a.index - b.index);
  const groups = new Map<string, Field[]>();
  for (const { field, section } of sorted) {
    const list = groups.get(section);
    if (list) list.push(field);
    else groups.set(section, [field]);
  }
  return [...groups].map(([section, list]) => ({ section, fields: list }));
}

const orderOf = (field: Field, rules: RuleMap) => rules.get(field.name)?.rule.order ?? field.order ?? 0;

/** Where a field is put: before another under its heading, or at the end of a heading. */
export interface Target {
  section: string;
  before?: string;
}

/** Where one step up or down leads: past the end of a heading it goes under the next one. Nothing where it is first or last. */
export function step(groups: Group[], name: string, by: -1 | 1): Target | undefined {
  const at = groups.findIndex((group) => group.fields.some((field) => field.name === name));
  const group = groups[at];
  if (!group) return undefined;
  const index = group.fields.findIndex((field) => field.name === name);
  const other = group.fields[index + (by === 1 ? 2 : -1)];
  if (other) return { section: group.section, before: other.name };
  if (by === 1 && index + 1 < group.fields.length) return { section: group.section };
  const next = groups[at + by];
  if (!next) return undefined;
  const first = next.fields[0];
  return by === 1 && first ? { section: next.section, before: first.name } : { section: next.section };
}

/** Puts a field elsewhere. Only its own rule changes where a number between its neighbours is free; else all are numbered anew. */
export function place(fields: Field[], rules: InputRule[] | undefined, name: string, target: Target): InputRule[] {
  const moved = fields.find((field) => field.name === name);
  if (!moved || target.before === name) return rules ?? [];
  const groups = arrange(fields, rules).map((group) => ({ ...group, fields: group.fields.filter((field) => field.name !== name) }));
  const group = groups.find((one) => one.section === target.section);
  if (!group) return rules ?? [];
  const index = group.fields.findIndex((field) => field.name === target.before);
  group.fields.splice(index === -1 ? group.fields.length : index, 0, moved);
  const kept = setRule(rules, name, { section: target.section === (moved.section ?? "") ? undefined : target.section });
  const flat = groups.flatMap((one) => one.fields);
  const own = orderBetween(flat, fields, ruleMap(kept), moved);
  if (own !== undefined) return setRule(kept, name, { order: own === (moved.order ?? 0) ? undefined : own });
  return flat.reduce((list, field, at) => {
    const order = (at + 1) * 10;
    return setRule(list, field.name, { order: order === (field.order ?? 0) ? undefined : order });
  }, kept);
}

/** A number that puts `moved` where it stands in `flat` while all others keep theirs. */
function orderBetween(flat: Field[], declared: Field[], rules: RuleMap, moved: Field): number | undefined {
  const places = new Map(declared.map((field, index) => [field.name, index]));
  const key = (field: Field) => ({ order: orderOf(field, rules), index: places.get(field.name) ?? 0 });
  const before = (a: { order: number; index: number }, b: { order: number; index: number }) => a.order < b.order || (a.order === b.order && a.index < b.index);
  const others = flat.filter((field) => field !== moved).map(key);
  if (others.some((one, index) => index > 0 && !before(others[index - 1]!, one))) return undefined;
  const at = flat.indexOf(moved);
  const [previous, next] = [others[at - 1], others[at]];
  const index = places.get(moved.name) ?? 0;
  const low = previous?.order ?? (next?.order ?? 0) - 10;
  const high = next?.order ?? low + 20;
  const candidates = [moved.order ?? 0, Math.floor((low + high) / 2), low, high];
  return candidates.find((order) => (!previous || before(previous, { order, index })) && (!next || before({ order, index }, next)));
}

/** The parts of a rule in a few words, for the closed row. */
export function ruleSays(rule: InputRule | undefined): (keyof InputRule)[] {
  return rule ? (Object.keys(rule) as (keyof InputRule)[]).filter((key) => key !== "name") : [];
}

/** Whether somebody has decided here what people may answer: such inputs are left alone when all others are locked. */
export function isNarrowed(rule: InputRule | undefined): boolean {
  return rule !== undefined && (rule.override !== undefined || rule.choices !== undefined || rule.min !== undefined || rule.max !== undefined);
}

const isEmpty = (value: Json | undefined) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

export interface Locked {
  rules: InputRule[];
  /** Locked to the value that stands. */
  locked: string[];
  /** Optional and without a value: not shown, and so left empty. */
  hidden: string[];
  /** Required and without a value: they stay open until they have one. */
  open: string[];
}

/** Locks every input that nobody has decided about, so that people are asked only what was narrowed on purpose. */
export function lockTheRest(fields: Field[], rules: InputRule[] | undefined): Locked {
  const byName = ruleMap(rules);
  const result: Locked = { rules: rules ?? [], locked: [], hidden: [], open: [] };
  for (const field of fields) {
    const rule = byName.get(field.name)?.rule;
    const merged = mergeField(field, rule);
    if (merged.hidden || merged.locked || isNarrowed(rule)) continue;
    const value = merged.default;
    if (value !== undefined && value !== null && !(merged.required && isEmpty(value))) {
      result.rules = setRule(result.rules, field.name, { override: "locked" });
      result.locked.push(field.name);
    } else if (merged.required) result.open.push(field.name);
    else {
      result.rules = setRule(result.rules, field.name, { hidden: true });
      result.hidden.push(field.name);
    }
  }
  return result;
}

/** What has to change with a narrowing so that the value people start from is still among those allowed. */
export function fitValue(field: Field, rule: InputRule | undefined): Partial<InputRule> {
  const value = rule?.value ?? field.default;
  if (rule === undefined || isEmpty(value)) return {};
  if (rule.choices && rule.choices.length > 0) {
    const allowed = (one: Json) => rule.choices?.some((choice) => sameValue(choice.value, one)) ?? false;
    if (Array.isArray(value)) {
      const kept = value.filter(allowed);
      return kept.length === value.length ? {} : { value: kept };
    }
    const first = rule.choices[0]?.value;
    return allowed(value as Json) || isEmpty(first) ? {} : { value: first as Json };
  }
  if (typeof value !== "number") return {};
  const [min, max] = [rule.min ?? field.min, rule.max ?? field.max];
  if (typeof min === "number" && value < min) return { value: min };
  if (typeof max === "number" && value > max) return { value: max };
  return {};
}

/** The widgets a field of this type can have; the first is what it has without one. */
export function widgetsOf(field: Field): string[] {
  switch (field.type) {
    case "choice":
      return ["select", "radio", "cards"];
    case "integer":
    case "decimal":
      return typeof field.min === "number" && typeof field.max === "number" ? ["number", "slider"] : ["number"];
    case "multiline":
      return ["text", "code"];
    default:
      return [];
  }
}

/** The values that people could choose in the published version and can no longer, with those a redirect speaks of already. */
export function retiredValues(field: Field, published: InputRule | undefined, rule: InputRule | undefined): Json[] {
  const before = (published?.choices ?? field.choices ?? []).map((choice) => choice.value);
  const now = (rule?.choices ?? field.choices ?? []).map((choice) => choice.value);
  if (now.length === 0) return [];
  const known = [...before, ...(rule?.redirects ?? []).map((redirect) => redirect.from)];
  return known.filter((value, index) => !now.some((one) => sameValue(one, value)) && known.findIndex((one) => sameValue(one, value)) === index);
}

/** Lets `to` take the place of a retired value; nothing does without it. */
export function redirect(rule: InputRule | undefined, from: Json, to: Json | undefined): Partial<InputRule> {
  const others = (rule?.redirects ?? []).filter((one) => !sameValue(one.from, from));
  const next = to === undefined ? others : [...others, { from, to }];
  return { redirects: next.length > 0 ? next : undefined } as Partial<InputRule>;
}
