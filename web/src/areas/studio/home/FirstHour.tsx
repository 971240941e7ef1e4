// The first hour as a checklist that ticks itself.
import { Link } from "@tanstack/react-router";
import { Check, Circle } from "lucide-react";
import { useState } from "react";
import { readSetting, writeSetting } from "../../../lib/storage";
import { studio } from "../../../messages/en/studio";
import { Button, buttonClass } from "../../../ui/Button";
import { cx } from "../../../ui/cx";
import { studioPaths } from "../paths";
import type { StepId, StepState } from "./first-hour";

const m = studio.firstHour;

/** `unseen` are steps the person's roles do not let them see: they are told so, and not sent where they may do nothing. */
export function FirstHour({ steps, scope, unseen }: { steps: StepState[]; scope: { org: string; project: string }; unseen: StepId[] }) {
  const setting = `first-hour.${scope.org}.${scope.project}`;
  const [hidden, setHidden] = useState(() => readSetting(setting) === "hidden");
  const finished = steps.filter((step) => step.done).length;
  if (hidden) return null;
  const to: Record<StepId, { path: string; search?: object }> = {
    compute: { path: studioPaths.systemProfiles(scope), search: { kind: "compute" } },
    service: { path: studioPaths.systemProfiles(scope), search: { kind: "service" } },
    instance: { path: studioPaths.createCompute(scope) },
    launch: { path: studioPaths.developers(scope) },
  };
  const next = steps.find((step) => !step.done && !unseen.includes(step.id))?.id;
  return (
    <section aria-label={m.title} className="rounded-md border border-line">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
        <h2 className="text-16 font-semibold">{m.title}</h2>
        <span className="flex items-center gap-3">
          <span className="text-12 text-muted">{m.done(finished, steps.length)}</span>
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              writeSetting(setting, "hidden");
              setHidden(true);
            }}
          >
            {m.hide}
          </Button>
        </span>
      </div>
      <ol className="grid divide-y divide-line md:grid-cols-2 md:divide-y-0 lg:grid-cols-4 lg:divide-x">
        {steps.map(({ id, done }, index) => (
          <li key={id} className="flex gap-3 px-4 py-3">
            <span className={cx("mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full", done ? "bg-running-soft text-running" : "text-muted")}>
              {done ? <Check size={14} aria-hidden /> : <Circle size={16} aria-hidden />}
            </span>
            <div className="flex min-w-0 flex-col items-start gap-1">
              <h3 className="font-medium">
                {index + 1}. {m.steps[id].title}
                <span className="sr-only"> — {done ? m.ticked : m.open}</span>
              </h3>
              <p className="text-muted">{m.steps[id].text}</p>
              {!done && unseen.includes(id) && <p className="text-12 text-muted">{m.unseen}</p>}
              {!done && !unseen.includes(id) && (
                <Link to={to[id].path} search={(to[id].search ?? {}) as never} className={cx(buttonClass(id === next ? "primary" : "secondary", "small"), "mt-1")}>
                  {m.steps[id].action}
                </Link>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
