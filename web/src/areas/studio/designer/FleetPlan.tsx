// What a version would do to each instance of the profile: who runs which version, what changes in place, what restarts, what is refused.
import { useState } from "react";
import type { FleetPlan as Plan, PlanAction, PlannedInstance } from "../../../api/types-versions";
import type { Json } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { PhaseBadge, StateBadge, type Tone } from "../../../ui/StateBadge";

const m = designer.fleet;
const ORDER: PlanAction[] = ["invalid", "replace", "restart", "in_place", "none"];
const TONES: Record<PlanAction, Tone> = { invalid: "failed", replace: "waiting", restart: "waiting", in_place: "running", none: "stopped" };
/** More are asked for: a fleet may have hundreds. */
const SHOWN_FIRST = 20;

export function FleetPlan({ plan }: { plan: Plan }) {
  const [all, setAll] = useState(false);
  if (plan.instances.length === 0) return <p className="text-muted">{m.none}</p>;
  const rows = [...plan.instances].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {ORDER.filter((action) => plan.totals.by_action[action]).map((action) => (
          <li key={action} className="flex items-center gap-1.5">
            <span className="font-medium">{plan.totals.by_action[action]}</span> <StateBadge tone={TONES[action]}>{m.actions[action]}</StateBadge>
          </li>
        ))}
      </ul>
      <p className="text-12 text-muted">{plan.totals.by_version.map((one) => m.onVersion(one.count, one.number || one.generation)).join(" · ")}</p>
      <ul aria-label={m.list} className="flex max-h-80 flex-col divide-y divide-line overflow-auto rounded-md border border-line" tabIndex={0}>
        {rows.slice(0, all ? rows.length : SHOWN_FIRST).map((row, index) => (
          <Row key={index} row={row} />
        ))}
      </ul>
      {!all && rows.length > SHOWN_FIRST && (
        <Button size="small" className="self-start" onClick={() => setAll(true)}>
          {m.more(rows.length - SHOWN_FIRST)}
        </Button>
      )}
    </div>
  );
}

function Row({ row }: { row: PlannedInstance }) {
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {row.hidden || !row.name ? <span className="text-muted">{m.hidden(row.project)}</span> : <span className="font-medium">{row.name}</span>}
        {!row.hidden && <span className="text-12 text-muted">{[row.workspace && `${row.project}/${row.workspace}`, row.owner].filter(Boolean).join(" · ")}</span>}
        <span className="ml-auto flex flex-wrap gap-1.5">
          <span className="text-12 text-muted">{m.version(row.number || row.generation)}</span>
          <PhaseBadge phase={row.phase} />
          <StateBadge tone={TONES[row.action]}>{m.actions[row.action]}</StateBadge>
        </span>
      </span>
      {row.errors.map((error) => (
        <span key={`${error.path}${error.message}`} className="text-12 text-failed">
          {error.path && <code className="mr-1">{error.path}</code>}
          {error.message}
        </span>
      ))}
      {row.changes.length > 0 && (
        <ul className="text-12 text-muted">
          {row.changes.map((change) => (
            <li key={change.path} className="break-words">
              <code>{change.path}</code> {show(change.before)} → {show(change.after)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function show(value: Json | undefined): string {
  if (value === undefined || value === null) return m.nothing;
  return typeof value === "string" ? value : JSON.stringify(value);
}
