// Lists, names with values, and JSON.
import { Plus, X } from "lucide-react";
import { useEffect, useState } from "react";
import type { Json } from "../api/types";
import { forms as m } from "../messages/en/forms";
import { Button, IconButton } from "../ui/Button";
import { Input, TextArea } from "../ui/Field";
import type { InputProps } from "./FieldInput";
import { labelOf } from "./values";

export function ListInput({ field, value, onChange, control, disabled }: InputProps) {
  const items = Array.isArray(value) ? value.map(String) : [];
  // An empty row at the end while nothing is there, so that the first entry needs no extra click.
  const rows = items.length > 0 ? items : [""];
  const set = (next: string[]) => onChange(next.length === 1 && next[0] === "" ? null : next);
  return (
    <div className="flex flex-col gap-1.5">
      {rows.map((item, index) => (
        <div key={index} className="flex gap-1">
          <Input
            {...(index === 0 ? control : {})}
            aria-label={index === 0 ? undefined : m.entry(labelOf(field), index + 1)}
            disabled={disabled}
            value={item}
            placeholder={field.placeholder}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set(rows.map((old, i) => (i === index ? event.target.value : old)))}
            onKeyDown={(event) => {
              if (event.key === "Enter") {
                event.preventDefault();
                if (item !== "" && index === rows.length - 1) set([...rows, ""]);
              }
            }}
          />
          {!disabled && items.length > 0 && (
            <IconButton label={m.remove(m.entry(labelOf(field), index + 1))} onClick={() => set(rows.length > 1 ? rows.filter((_, i) => i !== index) : [""])}>
              <X size={14} aria-hidden />
            </IconButton>
          )}
        </div>
      ))}
      {!disabled && items.length > 0 && (
        <Button size="small" variant="quiet" className="self-start" icon={<Plus size={14} aria-hidden />} onClick={() => set([...rows, ""])} aria-label={m.addTo(labelOf(field))}>
          {m.add}
        </Button>
      )}
    </div>
  );
}

type Pair = [key: string, value: string];

const toPairs = (value: Json | undefined): Pair[] =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value).map(([k, v]) => [k, String(v)]) : [];
const fromPairs = (pairs: Pair[]): Json => {
  const kept = pairs.filter(([key]) => key !== "");
  return kept.length === 0 ? null : Object.fromEntries(kept);
};

export function KeyValueInput({ field, value, onChange, control, disabled }: InputProps) {
  // Rows without a name yet are not part of the value, so they are kept here.
  const [pairs, setPairs] = useState<Pair[]>(() => toPairs(value));
  useEffect(() => {
    setPairs((old) => (JSON.stringify(fromPairs(old)) === JSON.stringify(value ?? null) ? old : toPairs(value)));
  }, [value]);
  const set = (next: Pair[]) => {
    setPairs(next);
    onChange(fromPairs(next));
  };
  const rows: Pair[] = pairs.length > 0 ? pairs : [["", ""]];
  const edit = (index: number, part: 0 | 1, text: string) =>
    set(rows.map((pair, i) => (i === index ? (part === 0 ? [text, pair[1]] : [pair[0], text]) : pair)));
  return (
    <div className="flex flex-col gap-1.5">
      {rows.map(([key, text], index) => (
        <div key={index} className="flex gap-1">
          <Input
            {...(index === 0 ? control : {})}
            aria-label={`${labelOf(field)}: ${m.key} ${index + 1}`}
            disabled={disabled}
            value={key}
            placeholder={m.key}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            onChange={(event) => edit(index, 0, event.target.value)}
          />
          <Input
            aria-label={`${labelOf(field)}: ${m.value} ${index + 1}`}
            disabled={disabled}
            value={text}
            placeholder={m.value}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            onChange={(event) => edit(index, 1, event.target.value)}
          />
          {!disabled && pairs.length > 0 && (
            <IconButton label={m.remove(`${labelOf(field)} ${index + 1}`)} onClick={() => set(rows.filter((_, i) => i !== index))}>
              <X size={14} aria-hidden />
            </IconButton>
          )}
        </div>
      ))}
      {!disabled && pairs.length > 0 && (
        <Button size="small" variant="quiet" className="self-start" icon={<Plus size={14} aria-hidden />} onClick={() => setPairs([...rows, ["", ""]])} aria-label={m.addTo(labelOf(field))}>
          {m.add}
        </Button>
      )}
    </div>
  );
}

export function JsonInput({ field, value, onChange, control, disabled }: InputProps) {
  const [text, setText] = useState(() => (value === undefined || value === null ? "" : JSON.stringify(value, null, 2)));
  const [bad, setBad] = useState(false);
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      setBad(false);
      onChange(null);
      return;
    }
    try {
      onChange(JSON.parse(next) as Json);
      setBad(false);
    } catch {
      // YAML is taken too; the server reads it.
      setBad(true);
      onChange(next);
    }
  };
  return (
    <>
      <TextArea {...control} disabled={disabled} value={text} rows={5} spellCheck={false} placeholder={field.placeholder} onChange={(event) => change(event.target.value)} className="font-mono text-12" />
      {bad && <p className="text-12 text-muted">{m.badJson}</p>}
    </>
  );
}
