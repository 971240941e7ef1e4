// When an input is asked and what must hold, read only: conditions belong to the template, a profile cannot loosen them.
import type { Field } from "../../../api/types";
import { labelOf } from "../../../forms/values";
import { designer } from "../../../messages/en/designer";
import { conditionWords } from "./conditions";
import { useDesigner } from "./context";

const m = designer.inputs.conditions;

export function Conditions({ field }: { field: Field }) {
  const { fields } = useDesigner();
  const label = (name: string) => labelOf(fields?.find((one) => one.name === name) ?? { name });
  const lines: { words: string; expression: string }[] = [
    ...(field.visible_when ? [{ words: m.visible, expression: field.visible_when }] : []),
    ...(field.required_when ? [{ words: m.required, expression: field.required_when }] : []),
    ...(field.rules ?? []).map((rule) => ({ words: rule.message, expression: rule.expression })),
  ];
  const source = field.options_from && m.sources[field.options_from];
  if (lines.length === 0 && !source) return null;
  return (
    <div className="flex flex-col gap-1 rounded-md border border-line px-3 py-2">
      <p className="font-medium">{m.title}</p>
      <ul className="flex flex-col gap-1">
        {lines.map((line, index) => {
          const said = conditionWords(line.expression, label);
          return (
            <li key={index}>
              {line.words} {said && line.words.endsWith(":") ? said : <code className="text-12 break-all">{line.expression}</code>}
            </li>
          );
        })}
        {source && <li>{source}</li>}
      </ul>
    </div>
  );
}
