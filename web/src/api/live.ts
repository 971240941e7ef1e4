// Keeps what the page shows up to date: events of the watch stream change cached lists and objects in place.
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { socketUrl } from "./client";
import { keys } from "./hooks";
import { scopeKey, scopeOf } from "./kinds";
import { gone, Newest } from "./newest";
import type { Kind, Obj, Page, Scope } from "./types";
import { WatchClient, type WatchEvent } from "./watch";

export const watchClient = new WatchClient(() => new WebSocket(socketUrl("/watch")));

/** What was told on `watchClient`. */
export const newest = new Newest();

/** Puts one event into the cache. */
export function patchCache(client: QueryClient, told: Newest, event: WatchEvent): void {
  const { kind, metadata } = event.object;
  told.remember(event);
  const item = keys.item(kind, scopeOf(metadata), metadata.name);
  if (event.type === "deleted") {
    // A page that still shows it learns so without asking the server for what is known to be gone.
    client.getQueryCache().find({ queryKey: item, exact: true })?.setState({ status: "error", error: gone(), fetchStatus: "idle" });
  } else {
    client.setQueryData<Obj>(item, (old) => told.of(old ?? (event.object as Obj)) ?? old);
  }
  const lists = { queryKey: [...keys.kind(kind), "list"] };
  let unseen = false;
  client.setQueriesData<InfiniteData<Page<Obj>>>(lists, (data) => {
    if (!data) return data;
    const has = data.pages.some((page) => page.items.some((object) => object.metadata.uid === metadata.uid));
    unseen ||= !has && event.type !== "deleted";
    return has ? { ...data, pages: data.pages.map((page) => told.ofPage(page)) } : data;
  });
  // A new object may belong into a list at a place only the server knows.
  if (unseen) void client.invalidateQueries(lists);
  if (event.type === "deleted") return;
  // A list that is being read for the first time may have been read just before the object came.
  for (const query of client.getQueryCache().findAll({ ...lists, fetchStatus: "fetching" })) {
    if (query.state.data === undefined) told.readAgain(query);
  }
}

/** Watches kinds in a scope for as long as the component is on the page. */
export function useWatch(kinds: Kind[], scope: Scope, enabled = true): void {
  const client = useQueryClient();
  const kindsKey = kinds.join(",");
  const where = scopeKey(scope);
  useEffect(() => {
    if (!enabled) return undefined;
    const list = kindsKey.split(",") as Kind[];
    return watchClient.subscribe({
      kinds: list,
      scope: scopeOf(scope),
      onEvent: (event) => patchCache(client, newest, event),
      onGap: () => list.forEach((kind) => void client.invalidateQueries({ queryKey: keys.kind(kind) })),
    });
    // `where` stands for `scope`, which is a new object on every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, kindsKey, where, enabled]);
}

/** Whether live updates arrive at the moment. */
export function useConnectionState() {
  return useSyncExternalStore(watchClient.onState, () => watchClient.state);
}
