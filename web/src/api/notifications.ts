// A person's notifications, newest first and kept live.
import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "./client";
import { watchClient } from "./live";
import type { Notification, NotificationPage } from "./types-people";

const KEY = ["me", "notifications"] as const;
type Pages = InfiniteData<NotificationPage, string | undefined>;

/** The pages with one more notification on top; once, however often it is told. */
export function withNotification(data: Pages, told: Notification): Pages {
  const [first, ...rest] = data.pages;
  if (!first || data.pages.some((page) => page.items.some((item) => item.id === told.id))) return data;
  return { ...data, pages: [{ ...first, items: [told, ...first.items], unread: first.unread + (told.read ? 0 : 1) }, ...rest] };
}

/** The pages after the given ones, or all, were read. */
export function withRead(data: Pages, ids: string[] | undefined): Pages {
  let seen = 0;
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => {
      if (item.read || (ids && !ids.includes(item.id))) return item;
      seen += 1;
      return { ...item, read: true };
    }),
  }));
  const [first, ...rest] = pages;
  return first ? { ...data, pages: [{ ...first, unread: ids ? Math.max(0, first.unread - seen) : 0 }, ...rest] } : data;
}

export function useNotifications(onTold: (told: Notification) => void) {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) => api.get<NotificationPage>("/me/notifications", { limit: 20, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 60_000,
  });
  useEffect(
    () =>
      watchClient.subscribeInbox({
        onNotification: (told) => {
          client.setQueryData<Pages>(KEY, (data) => data && withNotification(data, told));
          // Another place to see: what is on the screen was read without the right to it.
          if (told.kind === "invited" || told.kind === "approval_given") void client.invalidateQueries();
          onTold(told);
        },
        onGap: () => void client.invalidateQueries({ queryKey: KEY }),
      }),
    [client, onTold],
  );
  const read = useMutation({
    mutationFn: (ids: string[] | undefined) => api.post<undefined>("/me/notifications/read", ids ? { ids } : {}),
    onMutate: (ids) => client.setQueryData<Pages>(KEY, (data) => data && withRead(data, ids)),
    onError: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    unread: query.data?.pages[0]?.unread ?? 0,
    error: query.error,
    refetch: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    markRead: (ids?: string[]) => read.mutate(ids),
  };
}
