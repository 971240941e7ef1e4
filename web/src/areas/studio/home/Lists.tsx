// What stands behind Studio's numbers: what waits, what runs and where, what is launched and what fails, who changed what.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ProfileName, StudioOverview } from "../../../api/types-studio";
import { formatNumber } from "../../../lib/format";
import { studioHome as m } from "../../../messages/en/studio-home";
import { Meter } from "../../../ui/Meter";
import { Section } from "../../../ui/Page";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { adminPaths } from "../../admin/paths";
import { studioPaths } from "../paths";

type Scope = { org: string; project: string };
/** Enough to see at a glance; the links lead to the rest. */
const SHOWN = 6;

function ProfileLink({ profile, org }: { profile: Omit<ProfileName, "title"> & { title?: string }; org: string }) {
  return (
    <Link to={studioPaths.profile({ org, project: profile.project }, profile.kind, profile.name)} className="rounded-sm font-medium break-words hover:underline">
      {profile.title || profile.name}
    </Link>
  );
}

function Rows({ empty, children }: { empty: string | undefined; children: ReactNode }) {
  if (empty !== undefined) return <p className="text-muted">{empty}</p>;
  return <ul className="flex flex-col divide-y divide-line border-y border-line">{children}</ul>;
}
const ROW = "flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2";

function Home({ profile, scope }: { profile: { project: string }; scope: Scope }) {
  return profile.project === scope.project ? null : <Tag>{profile.project}</Tag>;
}

export function Drafts({ overview, scope }: { overview: StudioOverview; scope: Scope }) {
  return (
    <Section title={m.draftsTitle}>
      <Rows empty={overview.drafts.length === 0 ? m.noDrafts : undefined}>
        {overview.drafts.slice(0, SHOWN).map((draft) => (
          <li key={`${draft.kind}/${draft.project}/${draft.name}`} className={ROW}>
            <ProfileLink profile={draft} org={scope.org} />
            <Tag>{draft.state === "changed" ? m.changedState : m.draftState}</Tag>
            <Home profile={draft} scope={scope} />
            <span className="ml-auto text-12 text-muted">
              {draft.modified_by} · <RelativeTime at={draft.modified_at} />
            </span>
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Running({ overview, scope, opens }: { overview: StudioOverview; scope: Scope; opens: boolean }) {
  const kinds = { ComputeProfile: "ComputeInstance", ServiceProfile: "ServiceInstance" } as const;
  const count = (row: StudioOverview["running"][number], phase: "running" | "queued" | "failed", word: string, tone: string) => {
    const text = (
      <>
        <span className={`font-medium ${tone}`}>{formatNumber(row[phase])}</span> {word}
      </>
    );
    return opens ? (
      <Link to={studioPaths.instances(scope)} search={{ phase, in: "all", kind: kinds[row.kind] } as never} className="rounded-sm hover:underline">
        {text}
      </Link>
    ) : (
      <span>{text}</span>
    );
  };
  const rows = overview.running.filter((row) => row.running + row.queued + row.failed > 0);
  const most = Math.max(1, ...rows.map((row) => row.running + row.queued + row.failed));
  return (
    <Section title={m.runningTitle} description={m.runningHelp}>
      <Rows empty={rows.length === 0 ? m.nothingRuns : undefined}>
        {rows.slice(0, SHOWN).map((row) => (
          <li key={`${row.kind}/${row.project}/${row.name}`} className="flex flex-col gap-1 py-2">
            <div className="flex flex-wrap items-baseline gap-x-3">
              <ProfileLink profile={row} org={scope.org} />
              <Home profile={row} scope={scope} />
              <span className="ml-auto flex gap-3 text-12">
                {count(row, "running", m.runningWord, "text-running")}
                {row.queued > 0 && count(row, "queued", m.queued, "text-waiting")}
                {row.failed > 0 && count(row, "failed", m.failed, "text-failed")}
              </span>
            </div>
            <div aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-sm" style={{ width: `${((row.running + row.queued + row.failed) / most) * 100}%` }}>
              {row.running > 0 && <span className="bg-running" style={{ flexGrow: row.running }} />}
              {row.queued > 0 && <span className="bg-waiting" style={{ flexGrow: row.queued }} />}
              {row.failed > 0 && <span className="bg-failed" style={{ flexGrow: row.failed }} />}
            </div>
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Where({ overview, scope, opens }: { overview: StudioOverview; scope: Scope; opens: boolean }) {
  return (
    <Section title={m.whereTitle}>
      <Rows empty={overview.targets.length === 0 ? m.noTargets : undefined}>
        {overview.targets.map((target) => (
          <li key={target.name} className="flex flex-col gap-1 py-2">
            <div className="flex items-baseline gap-3">
              {opens ? (
                <Link to={adminPaths.target(scope, target.name)} className="rounded-sm font-medium hover:underline">
                  {target.name}
                </Link>
              ) : (
                <span className="font-medium">{target.name}</span>
              )}
              <span className="ml-auto text-12 text-muted">{m.here(target.running)}</span>
            </div>
            {target.gpus_total > 0 ? <Meter label={m.gpus} used={target.gpus_used} total={target.gpus_total} text={m.gpusOf(target.gpus_used, target.gpus_total)} /> : <p className="text-12 text-muted">{m.noGpus}</p>}
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Launched({ overview, scope }: { overview: StudioOverview; scope: Scope }) {
  return (
    <Section title={m.launchedTitle} description={m.days}>
      <Rows empty={overview.most_launched.length === 0 ? m.noLaunches : undefined}>
        {overview.most_launched.slice(0, SHOWN).map((row) => (
          <li key={`${row.kind}/${row.project}/${row.name}`} className={ROW}>
            <ProfileLink profile={row} org={scope.org} />
            <Home profile={row} scope={scope} />
            <span className="ml-auto tabular-nums">{m.launches(row.launches_30d)}</span>
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Failing({ overview, scope }: { overview: StudioOverview; scope: Scope }) {
  return (
    <Section title={m.failedTitle} description={m.days}>
      <Rows empty={overview.most_failed.length === 0 ? m.noFailures : undefined}>
        {overview.most_failed.slice(0, SHOWN).map((row) => (
          <li key={`${row.kind}/${row.project}/${row.name}`} className={ROW}>
            <ProfileLink profile={row} org={scope.org} />
            <Home profile={row} scope={scope} />
            <span className="ml-auto">
              <StateBadge tone="failed">{m.failures(row.failures_30d, row.launches_30d)}</StateBadge>
            </span>
            {row.reason && <p className="w-full text-12 break-words text-muted">{row.reason}</p>}
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Changes({ overview, scope, trail }: { overview: StudioOverview; scope: Scope; trail: boolean }) {
  return (
    <Section
      title={m.changesTitle}
      {...(trail
        ? {
            actions: (
              <Link to={adminPaths.audit(scope)} search={{ search: "profile" } as never} className="rounded-sm text-accent-ink hover:underline">
                {m.allChanges}
              </Link>
            ),
          }
        : {})}
    >
      <Rows empty={overview.recent_changes.length === 0 ? m.noChanges : undefined}>
        {overview.recent_changes.slice(0, 2 * SHOWN).map((change, index) => (
          <li key={index} className={ROW}>
            <span>
              {change.by} {m.what[change.what]} {change.what === "deleted" ? <span className="font-medium">{change.name}</span> : <ProfileLink profile={change} org={scope.org} />}
            </span>
            <Home profile={change} scope={scope} />
            <span className="ml-auto text-12 text-muted">
              <RelativeTime at={change.at} />
            </span>
          </li>
        ))}
      </Rows>
    </Section>
  );
}
