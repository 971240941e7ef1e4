// A state is always a word, a shape and a colour.
import { CircleCheck, CircleDashed, CircleDot, CirclePause, CircleX, Clock3, Lock, Pencil } from "lucide-react";
import type { ReactNode } from "react";
import type { Phase, TemplateState } from "../api/types";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

export type Tone = "running" | "working" | "waiting" | "failed" | "stopped";

const TONES: Record<Tone, string> = {
  running: "text-running bg-running-soft",
  working: "text-working bg-working-soft",
  waiting: "text-waiting bg-waiting-soft",
  failed: "text-failed bg-failed-soft",
  stopped: "text-stopped bg-stopped-soft",
};

const PHASES: Record<Phase, Tone> = {
  pending: "waiting",
  queued: "waiting",
  provisioning: "working",
  starting: "working",
  running: "running",
  stopping: "working",
  stopped: "stopped",
  succeeded: "running",
  failed: "failed",
  deleting: "working",
};

function shape(tone: Tone): ReactNode {
  switch (tone) {
    case "running":
      return <CircleDot size={12} aria-hidden />;
    case "working":
      return <CircleDashed size={12} aria-hidden className="moving" />;
    case "waiting":
      return <Clock3 size={12} aria-hidden />;
    case "failed":
      return <CircleX size={12} aria-hidden />;
    case "stopped":
      return <CirclePause size={12} aria-hidden />;
  }
}

/** Any state: give the word and the tone. */
export function StateBadge({ tone, children, icon, title }: { tone: Tone; children: ReactNode; icon?: ReactNode; title?: string }) {
  return (
    <span title={title} className={cx("inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 text-12 font-medium whitespace-nowrap", TONES[tone])}>
      {icon ?? shape(tone)}
      {children}
    </span>
  );
}

export function PhaseBadge({ phase }: { phase: Phase }) {
  return (
    <StateBadge tone={PHASES[phase] ?? "stopped"} icon={phase === "succeeded" ? <CircleCheck size={12} aria-hidden /> : undefined}>
      {m.phases[phase] ?? phase}
    </StateBadge>
  );
}

export function TemplateStateBadge({ state }: { state: TemplateState }) {
  const tones: Record<TemplateState, Tone> = { draft: "waiting", active: "running", deprecated: "stopped", disabled: "failed" };
  const icons = { draft: <Pencil size={12} aria-hidden />, active: undefined, deprecated: undefined, disabled: <Lock size={12} aria-hidden /> };
  return (
    <StateBadge tone={tones[state]} icon={icons[state]}>
      {m.templateStates[state]}
    </StateBadge>
  );
}

/** Draft, published, or published with newer changes. */
export function PublishedBadge({ published, generation }: { published?: { generation: number } | undefined; generation: number }) {
  if (!published)
    return (
      <StateBadge tone="waiting" icon={<Pencil size={12} aria-hidden />}>
        {m.draft}
      </StateBadge>
    );
  if (published.generation < generation) return <StateBadge tone="working" icon={<Pencil size={12} aria-hidden />}>{m.publishedWithChanges}</StateBadge>;
  return <StateBadge tone="running">{m.published}</StateBadge>;
}

/** A neutral fact, such as an isolation or a role. */
export function Tag({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span title={title} className="inline-block max-w-full truncate rounded-sm border border-line px-1.5 align-middle py-px text-12 text-muted">
      {children}
    </span>
  );
}
