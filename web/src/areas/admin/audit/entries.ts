// The audit trail: reading it, and its words.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { AuditEntry } from "../../../api/types";

export interface AuditFilter {
  org?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  kind?: string | undefined;
  object?: string | undefined;
  outcome?: string | undefined;
  search?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number;
}

/** What checking a chain found. */
export interface AuditCheck {
  intact: boolean;
  entries: number;
  first: number;
  checkpoints: number;
  broken_at?: number;
  reason?: string;
}

/** The first moment of a day here, and with `after` the first of the day that follows. */
export function dayStart(day: string | undefined, after = 0): string | undefined {
  const [year, month, date] = (day ?? "").split("-").map(Number);
  if (!year || !month || !date) return undefined;
  const at = new Date(year, month - 1, date + after);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Where a browser downloads the trail, narrowed as the list is. */
export function exportAddress(filter: AuditFilter, format: "jsonl" | "csv"): string {
  const query = new URLSearchParams({ format });
  for (const [key, value] of Object.entries(filter)) if (value !== undefined && value !== "") query.set(key, String(value));
  return `/api/v1/audit-entries/export?${query}`;
}

export function useAudit(filter: AuditFilter, enabled = true) {
  const query = useInfiniteQuery({
    queryKey: ["audit-entries", filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ items: AuditEntry[]; next_cursor?: string | null; searched_back_to?: string }>("/audit-entries", { limit: 50, ...filter, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    // Entries are not watched; while the page is open they are read again now and then.
    refetchInterval: 20_000,
    enabled,
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    /** A text was looked for back to this moment only. */
    searchedBackTo: query.data?.pages.at(-1)?.searched_back_to,
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
