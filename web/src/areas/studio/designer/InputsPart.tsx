// Every input of the template as a row that can be narrowed, moved and locked. Rows are made again only when they change: a
// template may have hundreds, and typing in one must not be felt.
import { Lock, Trash2 } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { FieldError, InputRule } from "../../../api/types";
import { labelOf } from "../../../forms/values";
import { useStable } from "../../../lib/hooks";
import { designer } from "../../../messages/en/designer";
import { Button, IconButton } from "../../../ui/Button";
import { SearchInput, Select, TextField } from "../../../ui/Field";
import { Notice } from "../../../ui/Page";
import { InputRow } from "./InputRow";
import { RuleEditor } from "./RuleEditor";
import { useDesigner } from "./context";
import { useReorder } from "./reorder";
import { type Locked, arrange, fitValue, lockTheRest, mergeField, ruleMap, ruleOf, ruleSays, setRule, strayRules } from "./rules";

const m = designer.inputs;
const SHOWN = ["all", "open", "locked", "hidden", "changed", "problems"] as const;
type Shown = (typeof SHOWN)[number];
/** Fewer are seen at a glance. */
const SEARCH_FROM = 8;

export function InputsPart() {
  const { draft, setSpec, fields, readOnly, errors } = useDesigner();
  const [open, setOpen] = useState<string>();
  const [text, setText] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const [bulk, setBulk] = useState<Locked & { before: InputRule[]; reason: string }>();
  const rules = draft.spec.inputs ?? NO_RULES;
  const groups = useMemo(() => (fields ? arrange(fields, rules) : []), [fields, rules]);
  const byName = useMemo(() => ruleMap(rules), [rules]);
  const problems = useMemo(() => problemsByName(errors, rules), [errors, rules]);
  const wanted = useDeferredValue(text).trim().toLowerCase();

  const onRule = useStable((name: string, patch: Partial<InputRule>) => {
    const field = fields?.find((one) => one.name === name);
    setSpec((spec) => {
      const next = setRule(spec.inputs, name, patch);
      // The value people start from follows what is ticked; limits wait until somebody has typed them to the end.
      const fit = field && patch.choices !== undefined ? fitValue(field, next.find((one) => one.name === name)) : {};
      return { inputs: setRule(next, name, fit) };
    });
  });
  const onToggle = useStable((name: string) => setOpen((now) => (now === name ? undefined : name)));
  const onOverride = useStable((name: string, override: InputRule["override"]) => {
    const field = fields?.find((one) => one.name === name);
    onRule(name, { override: override === (field?.override ?? "allowed") ? undefined : override });
    // A list without values says nothing yet: its values are what comes next.
    if (override === "restricted") setOpen(name);
  });
  const reorder = useReorder(fields, rules, readOnly || wanted !== "" || shown !== "all", (inputs) => setSpec({ inputs }));
  if (!fields) return <p className="text-muted">{m.chooseFirst}</p>;

  const stray = strayRules(rules, fields);
  const isShown = (name: string, label: string) => {
    const rule = byName.get(name)?.rule;
    const field = fields.find((one) => one.name === name);
    if (!field) return false;
    const merged = mergeField(field, rule);
    if (wanted !== "" && !`${name} ${label}`.toLowerCase().includes(wanted)) return false;
    switch (shown) {
      case "all":
        return true;
      case "open":
        return !merged.locked && !merged.hidden;
      case "locked":
        return merged.locked;
      case "hidden":
        return merged.hidden;
      case "changed":
        return ruleSays(rule).some((key) => key !== "order");
      case "problems":
        return problems.has(name);
    }
  };
  const filtered = groups
    .map((group) => ({ ...group, fields: wanted === "" && shown === "all" ? group.fields : group.fields.filter((field) => isShown(field.name, labelOf(mergeField(field, byName.get(field.name)?.rule)))) }))
    .filter((group) => group.fields.length > 0);
  const lockAll = () => {
    const done = lockTheRest(fields, rules);
    setBulk({ ...done, before: rules, reason: "" });
    setSpec({ inputs: done.rules });
  };
  const explain = (reason: string) => {
    if (!bulk) return;
    setBulk({ ...bulk, reason });
    setSpec((spec) => ({ inputs: bulk.locked.reduce((list, name) => (ruleOf(list, name).rule?.override === "locked" ? setRule(list, name, { reason: reason || undefined }) : list), spec.inputs ?? []) }));
  };
  const labels = (list: string[]) => list.map((name) => labelOf(fields.find((field) => field.name === name) ?? { name })).join(", ");
  const place = (name: string) => groups.flatMap((group) => group.fields).findIndex((field) => field.name === name) + 1;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-muted">{m.text}</p>
      <p id="designer-grip-help" className="sr-only">
        {m.gripHelp}
      </p>
      {fields.length === 0 && <p className="text-muted">{m.none}</p>}
      {fields.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          {fields.length >= SEARCH_FROM && (
            <>
              <SearchInput value={text} onChange={setText} label={m.find} className="max-w-56 min-w-40 flex-1" />
              <Select aria-label={m.show} value={shown} onChange={(event) => setShown(event.target.value as Shown)} className="max-w-44">
                {SHOWN.map((one) => (
                  <option key={one} value={one}>
                    {m.shown[one]}
                  </option>
                ))}
              </Select>
            </>
          )}
          {!readOnly && (
            <Button className="ml-auto" icon={<Lock size={14} aria-hidden />} onClick={lockAll}>
              {m.lockRest}
            </Button>
          )}
        </div>
      )}
      {bulk && (
        <Notice
          tone={bulk.open.length > 0 ? "waiting" : "plain"}
          action={
            <span className="flex gap-2">
              <Button
                size="small"
                onClick={() => {
                  setSpec({ inputs: bulk.before });
                  setBulk(undefined);
                }}
              >
                {m.undo}
              </Button>
              <Button size="small" variant="quiet" onClick={() => setBulk(undefined)}>
                {m.fine}
              </Button>
            </span>
          }
        >
          <div role="status" className="flex flex-col gap-1">
            <p className="font-medium">{bulk.locked.length + bulk.hidden.length + bulk.open.length === 0 ? m.lockedNone : m.lockedSome(bulk.locked.length)}</p>
            {bulk.hidden.length > 0 && <p>{m.lockedHidden(labels(bulk.hidden))}</p>}
            {bulk.open.length > 0 && <p>{m.lockedOpen(labels(bulk.open))}</p>}
          </div>
          {bulk.locked.length > 0 && <TextField className="mt-2 max-w-md" label={m.lockedWhy} optional help={m.reasonHelp} value={bulk.reason} onChange={explain} />}
        </Notice>
      )}
      {filtered.length === 0 && fields.length > 0 && <p className="text-muted">{m.nothingMatches}</p>}
      {filtered.map((group) => (
        <section key={group.section} aria-label={group.section || m.noSection} className="flex flex-col gap-2">
          <h3 className="font-semibold">{group.section || m.noSection}</h3>
          <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
            {group.fields.map((field) => {
              const entry = byName.get(field.name);
              return (
                <InputRow
                  key={field.name}
                  field={field}
                  rule={entry?.rule}
                  problem={problems.get(field.name)}
                  open={open === field.name}
                  readOnly={readOnly}
                  drop={reorder.target?.name === field.name ? reorder.target.side : undefined}
                  dragged={reorder.dragged === field.name}
                  grip={reorder.grip}
                  onToggle={onToggle}
                  onOverride={onOverride}
                >
                  {open === field.name && (
                    <RuleEditor field={field} rule={entry?.rule} index={entry?.index ?? -1} place={[place(field.name), fields.length]} onRule={onRule} />
                  )}
                </InputRow>
              );
            })}
          </ul>
        </section>
      ))}
      <p role="status" className="sr-only">
        {reorder.said}
      </p>
      {stray.length > 0 && (
        <Notice tone="waiting">
          <p className="font-medium">{m.stray}</p>
          <ul className="mt-1 flex flex-col gap-1">
            {stray.map((rule) => (
              <li key={rule.name} className="flex items-center gap-2">
                <code>{rule.name}</code>
                <IconButton label={m.removeStray(rule.name)} size="small" disabled={readOnly} onClick={() => setSpec({ inputs: rules.filter((one) => one !== rule) })}>
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

const NO_RULES: InputRule[] = [];

/** The first message about each input. */
function problemsByName(errors: FieldError[], rules: InputRule[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const error of errors) {
    const index = /^spec\.inputs\.(\d+)(\.|$)/.exec(error.path)?.[1];
    const name = index === undefined ? undefined : rules[Number(index)]?.name;
    if (name !== undefined && !found.has(name)) found.set(name, error.message);
  }
  return found;
}
