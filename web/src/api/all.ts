// Whole lists, for pickers and counts: pages are fetched one after another up to a limit.
import { useEffect } from "react";
import { type ListParams, useList } from "./hooks";
import type { Kind, Scope } from "./types";

const PAGE = 100;

/** Every object of a list, at most `most`; `complete` tells whether that was all. */
export function useAll<K extends Kind>(kind: K, scope: Scope, params: ListParams = {}, options: { enabled?: boolean; most?: number } = {}) {
  const list = useList(kind, scope, { limit: PAGE, ...params }, { enabled: options.enabled ?? true });
  const { hasMore, isFetchingMore, fetchMore, items } = list;
  const wanted = hasMore && !isFetchingMore && (items?.length ?? 0) < (options.most ?? 1_000);
  useEffect(() => {
    if (wanted) fetchMore();
    // One more page after each that arrived: fetchMore is new on every render and no reason by itself.
  }, [wanted, items?.length]);
  return { ...list, complete: items !== undefined && !hasMore };
}

/** How many objects a list has, without reading them. */
export function useTotal<K extends Kind>(kind: K, scope: Scope, params: ListParams = {}, enabled = true): number | undefined {
  return useList(kind, scope, { limit: 1, ...params }, { enabled }).total;
}
