// What a change would do: in one sentence, then each difference, then what stands against it.
import { ArrowRight, CircleCheck, CircleX, RefreshCw, Repeat2 } from "lucide-react";
import type { ReactNode } from "react";
import type { FormField, Json } from "../../../../api/types";
import type { ChangePlan, Difference, PlanAction } from "../../../../api/types-change";
import { labelOf, valueText } from "../../../../forms/values";
import { change as m } from "../../../../messages/en/change";
import { Notice } from "../../../../ui/Page";
import { AvailabilityBadge } from "../../../../ui/ProfileCard";

const ICONS: Record<PlanAction, ReactNode> = {
  none: <CircleCheck size={16} aria-hidden />,
  in_place: <CircleCheck size={16} aria-hidden />,
  restart: <RefreshCw size={16} aria-hidden />,
  replace: <Repeat2 size={16} aria-hidden />,
  invalid: <CircleX size={16} aria-hidden />,
};
const TONES = { none: "plain", in_place: "plain", restart: "waiting", replace: "waiting", invalid: "failed" } as const;

export function PlanView({ plan, fields, shownErrors = [] }: { plan: ChangePlan; fields: FormField[]; /** Paths whose message stands at a field already. */ shownErrors?: string[] }) {
  const loose = plan.errors.filter((error) => !shownErrors.includes(error.path));
  return (
    <div className="flex flex-col gap-3">
      <Notice tone={TONES[plan.action]}>
        <p className="flex items-center gap-2 font-medium">
          {ICONS[plan.action]} {m.actions[plan.action]}
        </p>
        <p>{m.meaning[plan.action]}</p>
        {plan.restarts && plan.restarts.length > 0 && <p>{m.restarts(plan.restarts)}</p>}
      </Notice>
      {loose.length > 0 && (
        <ul className="list-disc pl-5 text-failed">
          {loose.map((error) => (
            <li key={`${error.path}:${error.message}`}>
              {error.path && <span className="font-medium">{label(error.path, fields)}: </span>}
              {error.message}
            </li>
          ))}
        </ul>
      )}
      {plan.capacity && (
        <p className="flex flex-wrap items-center gap-2">
          <AvailabilityBadge availability={plan.capacity} /> <span className="text-muted">{plan.capacity.message}</span>
        </p>
      )}
      {plan.changes.length > 0 && (
        <ul aria-label={m.changes} className="divide-y divide-line rounded-md border border-line">
          {plan.changes.map((one) => (
            <Change key={one.path} difference={one} fields={fields} />
          ))}
        </ul>
      )}
    </div>
  );
}

const fieldAt = (path: string, fields: FormField[]) => fields.find((field) => path === `inputs.${field.name}` || path === field.name);

function label(path: string, fields: FormField[]): string {
  const field = fieldAt(path, fields);
  return field ? labelOf(field) : path.replace(/^inputs\./, "").replace(/_/g, " ");
}

function Change({ difference, fields }: { difference: Difference; fields: FormField[] }) {
  const field = fieldAt(difference.path, fields) ?? { name: difference.path, type: "text" as const };
  const show = (value: Json | undefined) => <span className="min-w-0 break-words">{value === undefined ? <span className="text-muted">{m.absent}</span> : valueText(field, value)}</span>;
  return (
    <li className="px-3 py-2">
      <p className="text-12 text-muted">{label(difference.path, fields)}</p>
      <p className="flex flex-wrap items-center gap-2">
        {show(difference.before)}
        <ArrowRight size={14} aria-label={m.becomes} className="shrink-0 text-muted" />
        {show(difference.after)}
      </p>
    </li>
  );
}
