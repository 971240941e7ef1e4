// The way of a profile as a picture: what is shipped, what is being made, what is offered, what runs, and where.
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import type { StudioOverview } from "../../../api/types-studio";
import { formatNumber } from "../../../lib/format";
import { studioHome as m } from "../../../messages/en/studio-home";
import { cx } from "../../../ui/cx";
import { studioPaths } from "../paths";
import { sumOf } from "./overview";

type Scope = { org: string; project: string };

export function Picture({ overview, scope, seesInstances }: { overview: StudioOverview; scope: Scope; seesInstances: boolean }) {
  const { compute_profiles: compute, service_profiles: service } = overview;
  const sum = sumOf(overview.running);
  const profiles = studioPaths.profiles(scope);
  const instances = studioPaths.instances(scope);
  return (
    <section aria-label={m.picture} className="grid gap-2 md:grid-cols-[1fr_auto_1fr_auto_1fr_auto_1fr] md:items-stretch">
      <Place title={m.shipped} to={studioPaths.systemProfiles(scope)} value={overview.system_profiles} words={m.shippedWords} />
      <Then />
      <Place title={m.waiting} to={profiles} search={{ state: compute.draft + service.draft > 0 ? "draft" : "changed" }} value={compute.draft + service.draft + compute.changed + service.changed} words={m.waitingWords}>
        <Part to={profiles} search={{ state: "draft" }} value={compute.draft + service.draft} word={m.drafts} />
        <Part to={profiles} search={{ state: "changed" }} value={compute.changed + service.changed} word={m.changed} />
      </Place>
      <Then />
      <Place title={m.offered} to={studioPaths.offered(scope)} value={compute.published + service.published} words={m.offeredWords}>
        <Part to={profiles} search={{ kind: "ComputeProfile" }} value={compute.published} word={m.compute} />
        <Part to={profiles} search={{ kind: "ServiceProfile" }} value={service.published} word={m.services} />
      </Place>
      <Then />
      <Place title={m.running} {...(seesInstances ? { to: instances, search: { phase: "running" } } : {})} value={sum.running} words={m.runningWords} tone="running">
        <Part {...(seesInstances ? { to: instances, search: { phase: "queued" } } : {})} value={sum.queued} word={m.queued} tone={sum.queued > 0 ? "waiting" : "plain"} />
        <Part {...(seesInstances ? { to: instances, search: { phase: "failed" } } : {})} value={sum.failed} word={m.failed} tone={sum.failed > 0 ? "failed" : "plain"} />
      </Place>
    </section>
  );
}

const Then = () => (
  <span aria-hidden className="hidden items-center text-muted md:flex">
    <ArrowRight size={16} />
  </span>
);

interface PlaceProps {
  title: string;
  /** The list behind the number; absent where one may not see it. */
  to?: string;
  search?: Record<string, string>;
  value: number;
  words: string;
  tone?: "running";
  children?: ReactNode;
}

function Place({ title, to, search, value, words, tone, children }: PlaceProps) {
  const number = (
    <span className="flex items-baseline gap-2">
      <span className={cx("text-28 font-semibold tabular-nums", tone === "running" && value > 0 && "text-running")}>{formatNumber(value)}</span>
      <span className="font-medium">{title}</span>
    </span>
  );
  return (
    <div className="flex flex-col gap-1 rounded-md border border-line px-4 py-3">
      {to ? (
        <Link to={to} search={(search ?? {}) as never} className="rounded-sm hover:underline">
          {number}
        </Link>
      ) : (
        number
      )}
      <p className="text-12 text-muted">{words}</p>
      {children && <div className="mt-auto flex flex-wrap gap-x-4 gap-y-1 pt-1 text-12">{children}</div>}
    </div>
  );
}

function Part({ to, search, value, word, tone = "plain" }: { to?: string; search?: Record<string, string>; value: number; word: string; tone?: "plain" | "waiting" | "failed" }) {
  const text = (
    <>
      <span className={cx("font-medium tabular-nums", tone === "waiting" && "text-waiting", tone === "failed" && "text-failed")}>{formatNumber(value)}</span> {word}
    </>
  );
  return to ? (
    <Link to={to} search={(search ?? {}) as never} className="rounded-sm underline-offset-2 hover:underline">
      {text}
    </Link>
  ) : (
    <span>{text}</span>
  );
}
