// A profile's spec as text to compare: the same order of names on both sides, so that only real differences show.
import { toYaml } from "../../../lib/yaml";
import { type ProfileSpec, cleanSpec } from "./draft";

export function specText(spec: ProfileSpec | undefined): string {
  return spec ? toYaml(sorted(cleanSpec(spec))).trimEnd() : "";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)).map(([key, one]) => [key, sorted(one)]));
}
