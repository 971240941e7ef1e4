// A profile as it stands in the designer, and how it compares with what is stored.
import type { ComputeProfileSpec, FieldError, Json, ServiceProfileSpec } from "../../../api/types";
import { type ValueChange, diffValues, sameValue } from "../../../lib/diff";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";

export type ProfileSpec = ComputeProfileSpec | ServiceProfileSpec;

export interface Draft {
  title: string;
  description: string;
  spec: ProfileSpec;
}

export const PARTS = ["card", "environment", "inputs", "presets", "rules", "versions"] as const;
export type Part = (typeof PARTS)[number];

export function emptyDraft(kind: ProfileKind): Draft {
  const common = { card: {}, template: { name: "", version: "" }, sharing: { all_projects: false } };
  return kind === "ComputeProfile"
    ? { title: "", description: "", spec: { ...common, size: { cpu_millis: 1000, memory_bytes: "2GiB" }, allocation: "dedicated" } }
    : { title: "", description: "", spec: { ...common, compute: {} } };
}

export function draftOf(profile: Profile): Draft {
  return { title: profile.metadata.display_name ?? "", description: profile.metadata.description ?? "", spec: profile.spec };
}

/** A saved profile that is changed by hand is no longer offered as shipped. */
export function changedByHand(spec: ProfileSpec): ProfileSpec {
  return spec.parent?.as_shipped ? { ...spec, parent: { ...spec.parent, as_shipped: false } } : spec;
}

/** Lists that are empty and texts that are empty are like absent ones: the server leaves them out. */
export function normalized(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => normalized(one) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, one]): [string, Json][] => {
    if (one === undefined || one === null) return [];
    const inner = normalized(one);
    return inner === undefined ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}

const OPTIONAL_LISTS = ["inputs", "presets"] as const;

/** The spec as it is sent: without empty parts. */
export function cleanSpec(spec: ProfileSpec): ProfileSpec {
  const clean = { ...(normalized(spec as unknown as Json) as unknown as ProfileSpec) };
  for (const list of OPTIONAL_LISTS) if (clean[list]?.length === 0) delete clean[list];
  return clean;
}

export function sameDraft(a: Draft, b: Draft): boolean {
  return a.title === b.title && a.description === b.description && sameValue(asJson(a.spec), asJson(b.spec));
}

/** What differs between two versions of a spec, leaving out where it came from. Rules and presets are compared by name. */
export function changesBetween(before: ProfileSpec, after: ProfileSpec): ValueChange[] {
  const all = diffValues(comparable(before), comparable(after));
  // One change for each thing that is said of an input: three choices fewer are one change to its choices.
  const short = (path: string) => path.split(".").slice(0, 3).join(".");
  const seen = new Set<string>();
  return all.flatMap((change) => {
    const path = short(change.path);
    if (seen.has(path)) return [];
    seen.add(path);
    return [{ ...change, path }];
  });
}

function comparable(spec: ProfileSpec): Json {
  const { inputs = [], presets = [], ...rest } = cleanSpec({ ...spec, parent: undefined } as ProfileSpec);
  const byName = (list: { name: string }[]) => Object.fromEntries(list.map((one) => [one.name, one]));
  return { ...rest, inputs: byName(inputs), presets: byName(presets) } as unknown as Json;
}

function asJson(spec: ProfileSpec): Json {
  return cleanSpec(spec) as unknown as Json;
}

/** Which part of the designer an error belongs to. */
export function partOf(path: string): Part {
  if (/^(metadata|spec\.card)(\.|$)/.test(path)) return "card";
  if (/^spec\.inputs(\.|$)/.test(path)) return "inputs";
  if (/^spec\.presets(\.|$)/.test(path)) return "presets";
  if (/^spec\.(price|sharing|limits)(\.|$)/.test(path)) return "rules";
  return "environment";
}

export function countProblems(errors: FieldError[]): Map<Part, number> {
  const counts = new Map<Part, number>();
  for (const error of errors) counts.set(partOf(error.path), (counts.get(partOf(error.path)) ?? 0) + 1);
  return counts;
}

/** Cores of a stored amount, or the expression as it is. */
export function showCores(amount: number | string | undefined): string {
  if (amount === undefined) return "";
  if (typeof amount === "number") return String(amount / 1000);
  return /^\d+$/.test(amount) ? String(Number(amount) / 1000) : amount;
}

/** Thousandths of a core for a number of cores; anything else stays text for the server to judge. */
export function readCores(text: string): number | string {
  const cores = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(cores) ? Math.round(cores * 1000) : text;
}

/** A whole number, or the text as it is: an expression, or what the server will refuse. */
export function readAmount(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : text;
}
