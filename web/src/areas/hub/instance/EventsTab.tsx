// What happened to an instance, newest first.
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Info } from "lucide-react";
import { api } from "../../../api/client";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { Instance, InstanceEvent } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";

export function EventsTab({ instance }: { instance: Instance }) {
  const { metadata, kind } = instance;
  const query = useQuery({
    // A new version of the instance may have brought new events.
    queryKey: ["events", metadata.uid, metadata.resource_version],
    queryFn: ({ signal }) => api.get<{ items: InstanceEvent[] }>(`${itemPath(kind, scopeOf(metadata), metadata.name)}/events`, undefined, signal),
    placeholderData: (old) => old,
    refetchInterval: 15_000,
  });
  if (query.error && !query.data) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={5} />;
  const events = [...query.data.items].sort((a, b) => b.at.localeCompare(a.at));
  if (events.length === 0) return <p className="text-muted">{hub.instance.noEvents}</p>;
  return (
    <ol className="divide-y divide-line rounded-md border border-line">
      {events.map((event, index) => (
        <li key={`${event.at}-${index}`} className="grid grid-cols-[16px_1fr_auto] items-start gap-x-3 px-3 py-2">
          {event.severity === "warning" ? (
            <CircleAlert size={16} className="mt-0.5 text-waiting" aria-label="warning" />
          ) : (
            <Info size={16} className="mt-0.5 text-muted" aria-hidden />
          )}
          <div className="min-w-0">
            <span className="font-medium">{event.reason}</span>
            <p className="break-words text-muted">{event.message}</p>
          </div>
          <span className="text-12 text-muted">
            <RelativeTime at={event.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}
