// What people did in a workspace, newest first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { History } from "lucide-react";
import { api } from "../../../api/client";
import { itemPath } from "../../../api/kinds";
import type { ActivityPage } from "../../../api/types-people";
import { objectLink } from "../../../lib/object-link";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { EmptyState, ErrorPanel, Section, Skeleton } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";

const m = hub.workspaces;

export function Activity({ scope }: { scope: { org: string; project: string; workspace: string } }) {
  const { org, project, workspace } = scope;
  const query = useInfiniteQuery({
    queryKey: ["workspace-activity", org, project, workspace],
    queryFn: ({ pageParam, signal }) => api.get<ActivityPage>(`${itemPath("Workspace", { org, project }, workspace)}/activity`, { limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 15_000,
  });
  const items = query.data?.pages.flatMap((page) => page.items);
  if (query.error && !items) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!items) return <Skeleton lines={6} />;
  if (items.length === 0) return <EmptyState icon={<History size={28} aria-hidden />} title={m.noActivity} />;
  return (
    <Section title={m.tabs.activity}>
      <ul className="divide-y divide-line rounded-md border border-line">
        {items.map((item, index) => {
          const to = objectLink(item.kind, item.kind === "Workspace" ? { org, project } : scope, item.name, scope);
          const label = item.kind === "Workspace" && item.name === workspace ? m.thisWorkspace : item.name;
          return (
            <li key={`${item.at}/${index}`} className="flex flex-wrap items-baseline gap-x-2 px-3 py-2">
              <span className="font-medium">{item.actor}</span>
              <span>{item.what}</span>
              {to && item.kind !== "Workspace" ? (
                <Link to={to} className="rounded-sm text-accent-ink underline underline-offset-2">
                  {label}
                </Link>
              ) : (
                <span>{label}</span>
              )}
              <span className="ml-auto text-12 text-muted">
                <RelativeTime at={item.at} />
              </span>
            </li>
          );
        })}
      </ul>
      {query.hasNextPage && (
        <Button className="self-center" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {ui.table.loadMore}
        </Button>
      )}
    </Section>
  );
}
