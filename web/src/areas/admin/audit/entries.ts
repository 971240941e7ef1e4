// The audit trail: reading it, and its words.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { AuditEntry } from "../../../api/types";

export interface AuditFilter {
  org?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  search?: string | undefined;
  limit?: number;
}

export function useAudit(filter: AuditFilter, enabled = true) {
  const query = useInfiniteQuery({
    queryKey: ["audit-entries", filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ items: AuditEntry[]; next_cursor?: string | null }>("/audit-entries", { limit: 50, ...filter, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    // Entries are not watched; while the page is open they are read again now and then.
    refetchInterval: 20_000,
    enabled,
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  };
}

/** `compute_profile.publish` as words: `Publish compute profile`. */
export function actionWords(action: string): string {
  const [subject = "", verb = ""] = action.split(".");
  const words = `${verb} ${subject}`.replace(/_/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
