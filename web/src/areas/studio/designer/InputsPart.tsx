// Every input of the template as a row that can be narrowed.
import { ChevronDown, ChevronRight, ChevronUp, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Field as TemplateField, InputRule } from "../../../api/types";
import { labelOf, valueText } from "../../../forms/values";
import { designer } from "../../../messages/en/designer";
import { IconButton } from "../../../ui/Button";
import { FieldError } from "../../../ui/Field";
import { Notice } from "../../../ui/Page";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { RuleEditor } from "./RuleEditor";
import { useDesigner } from "./context";
import { arrange, canMove, mergeField, move, ruleOf, ruleSays, setRule, strayRules } from "./rules";

const m = designer.inputs;

export function InputsPart() {
  const { draft, setSpec, fields, readOnly } = useDesigner();
  const [open, setOpen] = useState<string>();
  const rules = draft.spec.inputs ?? [];
  if (!fields) return <p className="text-muted">{m.chooseFirst}</p>;
  const groups = arrange(fields, rules);
  const stray = strayRules(rules, fields);
  const setRules = (inputs: InputRule[]) => setSpec({ inputs });
  return (
    <div className="flex flex-col gap-6">
      <p className="text-muted">{m.text}</p>
      {fields.length === 0 && <p className="text-muted">{m.none}</p>}
      {groups.map((group) => (
        <section key={group.section} className="flex flex-col gap-2">
          <h3 className="font-semibold">{group.section || m.noSection}</h3>
          <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
            {group.fields.map((field) => (
              <Row
                key={field.name}
                field={field}
                open={open === field.name}
                onToggle={() => setOpen(open === field.name ? undefined : field.name)}
                up={!readOnly && canMove(groups, field.name, -1) ? () => setRules(move(fields, rules, field.name, -1)) : undefined}
                down={!readOnly && canMove(groups, field.name, 1) ? () => setRules(move(fields, rules, field.name, 1)) : undefined}
              />
            ))}
          </ul>
        </section>
      ))}
      {stray.length > 0 && (
        <Notice tone="waiting">
          <p className="font-medium">{m.stray}</p>
          <ul className="mt-1 flex flex-col gap-1">
            {stray.map((rule) => (
              <li key={rule.name} className="flex items-center gap-2">
                <code>{rule.name}</code>
                <IconButton label={m.removeStray(rule.name)} size="small" disabled={readOnly} onClick={() => setRules(rules.filter((one) => one !== rule))}>
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

function Row({ field, open, onToggle, up, down }: { field: TemplateField; open: boolean; onToggle: () => void; up: (() => void) | undefined; down: (() => void) | undefined }) {
  const { draft, setSpec, errorAt } = useDesigner();
  const { rule, index } = ruleOf(draft.spec.inputs, field.name);
  const merged = mergeField(field, rule);
  const label = labelOf(merged);
  const says = ruleSays(rule);
  const problem = index === -1 ? undefined : errorAt(`spec.inputs.${index}`);
  const value = merged.default === undefined || merged.default === null ? m.nothing : valueText(merged, merged.default);
  return (
    <li className="flex flex-col">
      <div className="flex items-center gap-1 px-2 py-1.5">
        <button type="button" aria-expanded={open} onClick={onToggle} className="flex min-w-0 flex-1 items-center gap-2 rounded-sm px-1 py-1 text-left hover:bg-hover">
          {open ? <ChevronDown size={16} aria-hidden className="shrink-0" /> : <ChevronRight size={16} aria-hidden className="shrink-0" />}
          <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
            <span className="flex flex-col">
              <span className="font-medium">{label}</span>
              <code className="text-muted">{field.name}</code>
            </span>
            <span className="flex flex-wrap gap-1">
              {merged.locked && <StateBadge tone="stopped">{m.locked}</StateBadge>}
              {merged.override === "restricted" && <StateBadge tone="waiting">{m.restricted}</StateBadge>}
              {merged.hidden && <Tag>{m.hidden}</Tag>}
              {merged.required && <Tag>{m.required}</Tag>}
              {problem && <StateBadge tone="failed">{designer.problems(1)}</StateBadge>}
            </span>
            <span className="ml-auto max-w-full truncate text-12 text-muted" title={value}>
              {value}
            </span>
          </span>
        </button>
        <IconButton label={m.up(label)} size="small" disabled={!up} onClick={up}>
          <ChevronUp size={16} aria-hidden />
        </IconButton>
        <IconButton label={m.down(label)} size="small" disabled={!down} onClick={down}>
          <ChevronDown size={16} aria-hidden />
        </IconButton>
      </div>
      {problem && !open && (
        <div className="px-9 pb-2">
          <FieldError message={problem} />
        </div>
      )}
      {open && (
        <div className="border-t border-line bg-sunken/60 px-4 py-4 sm:px-9">
          <RuleEditor field={field} rule={rule} index={index} onChange={(patch) => setSpec({ inputs: setRule(draft.spec.inputs, field.name, patch) })} onReset={says.length > 0 ? () => setSpec({ inputs: (draft.spec.inputs ?? []).filter((one) => one.name !== field.name) }) : undefined} />
        </div>
      )}
    </li>
  );
}
