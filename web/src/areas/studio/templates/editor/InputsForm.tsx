// A template version's inputs as rows. Every change is made in the YAML, so that both views say the same.
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Field, TemplateVersion } from "../../../../api/types";
import { labelOf } from "../../../../forms/values";
import { templates } from "../../../../messages/en/templates";
import { Button, IconButton } from "../../../../ui/Button";
import { FieldError } from "../../../../ui/Field";
import { Notice } from "../../../../ui/Page";
import { Tag } from "../../../../ui/StateBadge";
import { editText } from "../document";
import { InputDetails } from "./InputDetails";
import type { EditedText } from "./text";

const m = templates.inputs;

export function InputsForm({ edited, index, version }: { edited: EditedText; index: number; version: TemplateVersion | undefined }) {
  const [open, setOpen] = useState<number>();
  if (!version) return <Notice tone="failed">{m.broken}</Notice>;
  const frozen = version.state !== undefined && version.state !== "draft";
  const inputs = version.inputs ?? [];
  const base = ["spec", "versions", index, "inputs"];
  const write = (next: Field[]) => edited.setText(editText(edited.text, base, next.length > 0 ? next : undefined));
  const move = (from: number, to: number) => {
    const next = [...inputs];
    const [field] = next.splice(from, 1);
    if (field) next.splice(to, 0, field);
    write(next);
    if (open === from) setOpen(to);
  };
  const add = () => {
    let number = inputs.length + 1;
    while (inputs.some((field) => field.name === `input_${number}`)) number += 1;
    write([...inputs, { name: `input_${number}`, type: "text" }]);
    setOpen(inputs.length);
  };
  const change = (at: number, patch: Partial<Field>) => {
    let { text } = edited;
    for (const [key, value] of Object.entries(patch)) text = editText(text, [...base, at, key], value);
    edited.setText(text);
  };
  return (
    <div className="flex flex-col gap-3">
      {frozen && <Notice tone="waiting">{m.frozen(version.version)}</Notice>}
      {inputs.length === 0 && <p className="text-muted">{m.none}</p>}
      {inputs.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
          {inputs.map((field, at) => {
            const path = `spec.versions.${index}.inputs.${at}`;
            const problems = edited.errors.filter((error) => error.path === path || error.path.startsWith(`${path}.`));
            const name = field?.name ?? String(at + 1);
            return (
              <li key={at} className="flex flex-col">
                <div className="flex flex-wrap items-center gap-2 px-2 py-1.5">
                  <button type="button" aria-expanded={open === at} onClick={() => setOpen(open === at ? undefined : at)} className="flex min-w-0 flex-1 items-center gap-2 rounded-sm text-left">
                    {open === at ? <ChevronDown size={16} aria-hidden className="shrink-0" /> : <ChevronRight size={16} aria-hidden className="shrink-0" />}
                    <span className="min-w-0">
                      <span className="font-medium">{labelOf(field)}</span> <code className="text-muted">{name}</code>
                    </span>
                    <Tag>{field.type}</Tag>
                    <span className="hidden flex-wrap gap-1 sm:flex">
                      {flagsOf(field).map((flag) => (
                        <Tag key={flag}>{flag}</Tag>
                      ))}
                    </span>
                  </button>
                  {!frozen && (
                    <span className="ml-auto flex">
                      <IconButton label={m.up(name)} size="small" disabled={at === 0} onClick={() => move(at, at - 1)}>
                        <ArrowUp size={14} aria-hidden />
                      </IconButton>
                      <IconButton label={m.down(name)} size="small" disabled={at === inputs.length - 1} onClick={() => move(at, at + 1)}>
                        <ArrowDown size={14} aria-hidden />
                      </IconButton>
                      <IconButton
                        label={m.remove(name)}
                        size="small"
                        onClick={() => {
                          write(inputs.filter((_, one) => one !== at));
                          setOpen(undefined);
                        }}
                      >
                        <Trash2 size={14} aria-hidden />
                      </IconButton>
                    </span>
                  )}
                </div>
                {open !== at && problems[0] && (
                  <div className="px-8 pb-2">
                    <FieldError message={problems[0].message} />
                  </div>
                )}
                {open === at && (
                  <fieldset disabled={frozen} className="border-t border-line bg-sunken p-4">
                    <legend className="sr-only">{m.edit(name)}</legend>
                    <InputDetails field={field} errors={problems} path={path} onChange={(patch) => change(at, patch)} />
                  </fieldset>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {!frozen && (
        <Button className="self-start" icon={<Plus size={16} aria-hidden />} onClick={add}>
          {m.add}
        </Button>
      )}
    </div>
  );
}

function flagsOf(field: Field): string[] {
  return [
    ...(field.required ? [m.flags.required] : []),
    ...(field.sensitive ? [m.flags.sensitive] : []),
    ...(field.mutable ? [m.flags.mutable] : []),
    ...(field.hidden ? [m.flags.hidden] : []),
    ...(field.override === "locked" ? [m.flags.locked] : field.override === "restricted" ? [m.flags.restricted] : []),
    ...(field.visible_when || field.required_when || (field.rules ?? []).length > 0 ? [m.flags.conditional] : []),
  ];
}
