// The latest entries of the trail, for home pages.
import { admin as m } from "../../../messages/en/admin";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { EntryObject } from "./EntryObject";
import { actionWords, useAudit } from "./entries";

/** `about` keeps only actions on these kinds, such as `compute_profile`. */
export function RecentChanges({ org, about, count = 8 }: { org: string; about?: string[]; count?: number }) {
  const list = useAudit({ org, limit: about ? 100 : count });
  if (list.error) return <ErrorPanel error={list.error} onRetry={list.refetch} />;
  if (!list.items) return <Skeleton lines={4} />;
  const shown = list.items.filter((entry) => !about || about.includes(entry.action.split(".")[0] ?? "")).slice(0, count);
  if (shown.length === 0) return <p className="text-muted">{m.home.noChanges}</p>;
  return (
    <ul className="flex flex-col divide-y divide-line">
      {shown.map((entry) => (
        <li key={`${entry.org}/${entry.sequence}`} className="flex flex-col gap-0.5 py-2 first:pt-0">
          <div className="flex items-baseline justify-between gap-3">
            <span className="min-w-0">
              <span className="font-medium">{entry.actor}</span> <span className="text-muted">{actionWords(entry.action)}</span>
            </span>
            <span className="shrink-0 text-12 text-muted">
              <RelativeTime at={entry.at} />
            </span>
          </div>
          <div className="flex items-center gap-2 text-12">
            <EntryObject entry={entry} />
            {entry.outcome === "denied" && <StateBadge tone="failed">{m.audit.outcomes.denied}</StateBadge>}
          </div>
        </li>
      ))}
    </ul>
  );
}
