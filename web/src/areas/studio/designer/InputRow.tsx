// One input: what people may do with it and its value, at a glance; its rule when opened.
import { ChevronDown, ChevronRight, GripVertical } from "lucide-react";
import { type ReactNode, memo } from "react";
import type { Field, FormField, InputRule, Override } from "../../../api/types";
import { labelOf, limitsText, valueText } from "../../../forms/values";
import { designer } from "../../../messages/en/designer";
import { FieldError, Select } from "../../../ui/Field";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { cx } from "../../../ui/cx";
import type { Grip } from "./reorder";
import { mergeField } from "./rules";

const m = designer.inputs;
export const OVERRIDES: Override[] = ["allowed", "restricted", "locked"];

export interface InputRowProps {
  field: Field;
  rule: InputRule | undefined;
  problem: string | undefined;
  open: boolean;
  readOnly: boolean;
  /** A dragged row would land here. */
  drop: "before" | "after" | undefined;
  dragged: boolean;
  grip: Grip;
  onToggle: (name: string) => void;
  onOverride: (name: string, override: Override) => void;
  /** The rule's editor while the row is open. */
  children: ReactNode;
}

export const InputRow = memo(function InputRow({ field, rule, problem, open, readOnly, drop, dragged, grip, onToggle, onOverride, children }: InputRowProps) {
  const merged = mergeField(field, rule);
  const label = labelOf(merged);
  const value = merged.default === undefined || merged.default === null ? m.nothing : valueText(merged, merged.default);
  const narrowing = narrowingText(field, merged);
  return (
    <li data-input={field.name} className={cx("flex flex-col", dragged && "opacity-50", drop === "before" && "shadow-[0_-2px_0_var(--color-accent)]", drop === "after" && "shadow-[0_2px_0_var(--color-accent)]")}>
      <div className="flex flex-wrap items-center gap-x-1 gap-y-1 px-1 py-1.5">
        {!readOnly && (
          <button
            type="button"
            id={gripId(field.name)}
            aria-label={m.grip(label)}
            aria-describedby="designer-grip-help"
            disabled={!grip.enabled}
            onPointerDown={(event) => grip.down(field.name, event)}
            onPointerMove={grip.move}
            onPointerUp={grip.up}
            onPointerCancel={grip.cancel}
            onKeyDown={(event) => grip.key(field.name, event)}
            className="flex size-7 shrink-0 cursor-grab touch-none items-center justify-center rounded-md text-muted hover:bg-hover disabled:cursor-default disabled:opacity-40"
          >
            <GripVertical size={16} aria-hidden />
          </button>
        )}
        <button type="button" aria-expanded={open} onClick={() => onToggle(field.name)} className="flex min-w-0 flex-1 basis-[calc(100%-40px)] items-center gap-2 rounded-sm px-1 py-1 text-left hover:bg-hover sm:basis-0">
          {open ? <ChevronDown size={16} aria-hidden className="shrink-0" /> : <ChevronRight size={16} aria-hidden className="shrink-0" />}
          <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
            <span className="flex min-w-0 flex-col">
              <span className="font-medium break-words">{label}</span>
              <code className="text-12 break-all text-muted">{field.name}</code>
            </span>
            <span className="flex flex-wrap gap-1">
              {merged.hidden && <Tag>{m.hidden}</Tag>}
              {merged.required && !merged.locked && <Tag>{m.required}</Tag>}
              {field.visible_when && <Tag>{m.conditional}</Tag>}
              {problem && <StateBadge tone="failed">{designer.problems(1)}</StateBadge>}
            </span>
            <span className="ml-auto flex max-w-full min-w-0 flex-col text-12 text-muted sm:items-end sm:text-right">
              <span className="max-w-full truncate">{value}</span>
              {narrowing && <span className="max-w-full truncate font-medium text-ink">{narrowing}</span>}
            </span>
          </span>
        </button>
        <Select
          aria-label={m.overrideOf(label)}
          value={merged.override}
          disabled={readOnly || field.override === "locked"}
          onChange={(event) => onOverride(field.name, event.target.value as Override)}
          className={cx("ml-9 w-32! shrink-0 sm:ml-0", merged.locked && "font-medium")}
        >
          {OVERRIDES.map((one) => (
            <option key={one} value={one} disabled={field.override === "restricted" && one === "allowed"}>
              {m.overrideWords[one]}
            </option>
          ))}
        </Select>
      </div>
      {problem && !open && (
        <div className="px-10 pb-2">
          <FieldError message={problem} />
        </div>
      )}
      {open && <div className="border-t border-line bg-sunken/60 px-4 py-4 sm:px-10">{children}</div>}
    </li>
  );
});

export const gripId = (name: string) => `designer-grip-${name}`;

/** What the profile leaves of the template's values, in a few words. */
function narrowingText(field: Field, merged: FormField): string | undefined {
  if (merged.locked) return undefined;
  if (merged.choices && merged.choices !== field.choices) return field.choices?.length ? m.someOf(merged.choices.length, field.choices.length) : m.values(merged.choices.length);
  if (merged.min !== field.min || merged.max !== field.max) return limitsText(merged);
  return undefined;
}
