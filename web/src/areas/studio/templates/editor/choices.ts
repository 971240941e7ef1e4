// The values to choose from as lines of text: `value`, or `value = label`.
import type { Choice, Field } from "../../../../api/types";

export const choicesText = (choices: Choice[]) => choices.map(({ value, label }) => (label ? `${String(value)} = ${label}` : String(value))).join("\n");

/** Reads the lines; what a choice says beside value and label stays with its value. */
export function parseChoices(text: string, field: Pick<Field, "type" | "choices">): Choice[] | undefined {
  const numeric = field.type === "integer";
  const choices = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line): Choice => {
      const [raw = "", ...label] = line.split(/\s+=\s+/);
      const value = numeric && /^-?\d+$/.test(raw) ? Number(raw) : raw;
      const { label: _old, ...known } = field.choices?.find((choice) => choice.value === value) ?? { value };
      return { ...known, value, ...(label.length > 0 ? { label: label.join(" = ") } : {}) };
    });
  return choices.length > 0 ? choices : undefined;
}
