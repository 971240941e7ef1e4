// The steps of a run with durations and progress.
import { Check, CircleX, SkipForward } from "lucide-react";
import type { Step } from "../api/types";
import { formatElapsed, formatPercent } from "../lib/format";
import { useNow } from "../lib/hooks";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

export function Timeline({ steps }: { steps: Step[] }) {
  const now = useNow(500);
  if (steps.length === 0) return <p className="text-muted">{m.noSteps}</p>;
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => (
        <li key={step.id} className="grid grid-cols-[20px_1fr] gap-x-3">
          <div className="flex flex-col items-center">
            <StepMark state={step.state} />
            {index < steps.length - 1 && <span className="w-px flex-1 bg-line" aria-hidden />}
          </div>
          <div className="min-w-0 pb-4">
            <div className="flex items-baseline justify-between gap-4">
              <span className={cx("font-medium", step.state === "skipped" && "text-muted")}>
                {step.title}
                <span className="sr-only"> — {m.stepStates[step.state]}</span>
              </span>
              <span className="text-12 whitespace-nowrap text-muted">{stepTime(step, now)}</span>
            </div>
            {step.state === "running" && step.progress !== undefined && (
              <div className="mt-1 flex items-center gap-2">
                <progress value={step.progress} max={1} aria-label={step.title} className="progress h-1 flex-1" />
                <span className="text-12 text-muted">{formatPercent(step.progress)}</span>
              </div>
            )}
            {step.message && (
              <p className={cx("mt-0.5 text-12 break-words", step.state === "failed" ? "text-failed" : "text-muted")}>{step.message}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function stepTime(step: Step, now: Date): string {
  if (step.state === "skipped") return m.stepStates.skipped;
  const end = step.ended_at ? new Date(step.ended_at) : now;
  return formatElapsed(end.getTime() - new Date(step.started_at).getTime());
}

function StepMark({ state }: { state: Step["state"] }) {
  const common = "flex size-5 shrink-0 items-center justify-center rounded-full";
  if (state === "done")
    return (
      <span className={cx(common, "bg-running-soft text-running")}>
        <Check size={12} aria-hidden />
      </span>
    );
  if (state === "failed")
    return (
      <span className={cx(common, "bg-failed-soft text-failed")}>
        <CircleX size={14} aria-hidden />
      </span>
    );
  if (state === "skipped")
    return (
      <span className={cx(common, "bg-stopped-soft text-stopped")}>
        <SkipForward size={12} aria-hidden />
      </span>
    );
  return (
    <span className={cx(common, "bg-working-soft text-working")}>
      <span className="moving size-2 rounded-full bg-working" />
    </span>
  );
}
