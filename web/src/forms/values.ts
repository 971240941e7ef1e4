// From what people type to what is sent, and back. The server checks; this only shapes.
import type { Field, FormField, Json, Preset, Values } from "../api/types";
import { formatBytes, formatDuration, formatNumber } from "../lib/format";
import { forms as m } from "../messages/en/forms";

export const SIZE_UNITS = ["MiB", "GiB", "TiB"] as const;
export type SizeUnit = (typeof SIZE_UNITS)[number];
const SIZE_FACTOR: Record<SizeUnit, number> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

export const DURATION_UNITS = ["s", "m", "h", "d"] as const;
export type DurationUnit = (typeof DURATION_UNITS)[number];
const DURATION_FACTOR: Record<DurationUnit, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

interface Amount<U> {
  amount: string;
  unit: U;
}

function split<U extends string>(value: Json | undefined, units: readonly U[], factor: Record<U, number>, usual: U): Amount<U> {
  if (typeof value !== "number") return { amount: typeof value === "string" ? value : "", unit: usual };
  if (value === 0) return { amount: "0", unit: usual };
  // The largest unit in which the number is short and exact.
  const unit = [...units].reverse().find((u) => value >= factor[u] && Number((value / factor[u]).toFixed(2)) * factor[u] === value) ?? units[0]!;
  return { amount: String(value / factor[unit]), unit };
}

function join<U extends string>({ amount, unit }: Amount<U>, factor: Record<U, number>): Json {
  const text = amount.trim().replace(",", ".");
  if (text === "") return null;
  const number = Number(text);
  // What is no number goes to the server as it is: its validator says what is wrong.
  return Number.isFinite(number) ? Math.round(number * factor[unit]) : amount;
}

export const splitSize = (value: Json | undefined) => split(value, SIZE_UNITS, SIZE_FACTOR, "GiB");
export const joinSize = (amount: Amount<SizeUnit>) => join(amount, SIZE_FACTOR);
export const splitDuration = (value: Json | undefined) => split(value, DURATION_UNITS, DURATION_FACTOR, "h");
export const joinDuration = (amount: Amount<DurationUnit>) => join(amount, DURATION_FACTOR);

/** A typed number; text that is none stays text, nothing becomes null. */
export function parseNumber(text: string): Json {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

/** What people read for a field. */
export function labelOf(field: Pick<Field, "name" | "label">): string {
  if (field.label) return field.label;
  const words = field.name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value in words, for summaries and locked fields. */
export function valueText(field: Field, value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return m.nothing;
  if (isSealed(value)) return m.sealed;
  const choice = (one: Json) => field.choices?.find((c) => c.value === one);
  if (Array.isArray(value)) return value.map((one) => choice(one)?.label || String(one)).join(", ") || m.nothing;
  if (field.type === "boolean") return value === true ? m.yes : m.no;
  if (field.type === "size" && typeof value === "number") return formatBytes(value);
  if (field.type === "duration" && typeof value === "number") return formatDuration(value);
  if (typeof value === "number") return field.unit ? `${formatNumber(value)} ${field.unit}` : formatNumber(value);
  if (typeof value === "object") return field.type === "key_value" ? Object.entries(value).map(([k, v]) => `${k}=${String(v)}`).join(", ") : JSON.stringify(value);
  return choice(value)?.label || String(value);
}

export function isSealed(value: Json | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.sealed === true;
}

/** The limits of a number in words, if it has any. */
export function limitsText(field: Field): string | undefined {
  const show = (limit: Json | undefined) => (limit === undefined || limit === null ? undefined : valueText({ ...field, choices: [] }, limit));
  const [low, high] = [show(field.min), show(field.max)];
  if (low !== undefined && high !== undefined) return m.between(low, high);
  if (low !== undefined) return m.atLeast(low);
  return high === undefined ? undefined : m.atMost(high);
}

/** Why a field is locked, in the words of who did it. */
export function lockText(field: FormField): string | undefined {
  if (!field.locked) return undefined;
  const who = m.lockedBy[field.locked_by ?? ""] ?? m.locked;
  return field.locked_reason ? m.lockedWith(who, field.locked_reason) : who;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** Whether every value of a preset stands as it would set it. */
export function presetApplies(preset: Preset, values: Values): boolean {
  return Object.entries(preset.values).every(([name, value]) => same(values[name], value));
}

/** What was given, without what was emptied again: the body of a launch. */
export function givenValues(given: Values): Values {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== ""));
}
