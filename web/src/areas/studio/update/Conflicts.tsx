// What both sides changed, each with a choice. Nothing is decided for anybody.
import { useId } from "react";
import type { Json } from "../../../api/types";
import { toYaml } from "../../../lib/yaml";
import { update as m } from "../../../messages/en/update";
import type { Conflict, Side } from "./server";

const SIDES: Side[] = ["ours", "theirs"];

export function Conflicts({ conflicts, sides, onChoose }: { conflicts: Conflict[]; sides: Record<string, Side>; onChoose: (path: string, side: Side) => void }) {
  const id = useId();
  return (
    <ul className="flex flex-col gap-3">
      {conflicts.map((conflict, index) => (
        <li key={conflict.path}>
          <fieldset className="flex flex-col gap-2 rounded-md border border-line p-3">
            <legend className="px-1">
              <code>{conflict.path}</code>
            </legend>
            <p className="text-12 text-muted">
              {m.base}: <Value value={conflict.base} />
            </p>
            <div className="grid gap-3 sm:grid-cols-2">
              {SIDES.map((side) => (
                <label key={side} className="flex min-w-0 gap-2 rounded-md border border-line p-2 has-checked:border-accent has-checked:bg-accent-soft">
                  <input type="radio" name={`${id}-${index}`} checked={sides[conflict.path] === side} onChange={() => onChoose(conflict.path, side)} className="mt-0.5 size-4 shrink-0 accent-accent" />
                  <span className="flex min-w-0 flex-col gap-1">
                    <span className="font-medium">{m[side]}</span>
                    <Value value={conflict[side]} />
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        </li>
      ))}
    </ul>
  );
}

function Value({ value }: { value: Json | undefined }) {
  if (value === undefined || value === null) return <span className="text-muted">{m.nothing}</span>;
  return <code className="text-12 break-words whitespace-pre-wrap">{toYaml(value).trimEnd()}</code>;
}
