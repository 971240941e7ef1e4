// Keeps what the page shows up to date: events of the watch stream change cached lists and objects in place.
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { socketUrl } from "./client";
import { ApiError } from "./error";
import { keys } from "./hooks";
import { scopeKey, scopeOf } from "./kinds";
import type { Kind, Obj, Page, Scope } from "./types";
import { WatchClient, type WatchEvent } from "./watch";

export const watchClient = new WatchClient(() => new WebSocket(socketUrl("/watch")));

/** Puts one event into the cache. */
export function patchCache(client: QueryClient, event: WatchEvent): void {
  const { kind, metadata } = event.object;
  const item = keys.item(kind, scopeOf(metadata), metadata.name);
  if (event.type === "deleted") {
    // A page that still shows it learns so without asking the server for what is known to be gone.
    const gone = new ApiError({ status: 404, code: "not_found", detail: "It was deleted." });
    client.getQueryCache().find({ queryKey: item, exact: true })?.setState({ status: "error", error: gone, fetchStatus: "idle" });
  } else {
    client.setQueryData<Obj>(item, (old) =>
      old && old.metadata.resource_version > metadata.resource_version ? old : (event.object as Obj),
    );
  }
  let unseen = false;
  client.setQueriesData<InfiniteData<Page<Obj>>>({ queryKey: [...keys.kind(kind), "list"] }, (data) => {
    if (!data) return data;
    const has = data.pages.some((page) => page.items.some((object) => object.metadata.uid === metadata.uid));
    if (!has) {
      unseen ||= event.type !== "deleted";
      return data;
    }
    return { ...data, pages: data.pages.map((page) => patchPage(page, event)) };
  });
  // A new object may belong into a list at a place only the server knows.
  if (unseen) void client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] });
}

function patchPage(page: Page<Obj>, event: WatchEvent): Page<Obj> {
  const { metadata } = event.object;
  const mine = page.items.some((object) => object.metadata.uid === metadata.uid);
  if (event.type === "deleted") {
    const items = page.items.filter((object) => object.metadata.uid !== metadata.uid);
    return { ...page, items, total: Math.max(0, page.total - 1) };
  }
  if (!mine) return page;
  const newer = (object: Obj) =>
    object.metadata.uid === metadata.uid && object.metadata.resource_version <= metadata.resource_version
      ? (event.object as Obj)
      : object;
  return { ...page, items: page.items.map(newer) };
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
      onEvent: (event) => patchCache(client, event),
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
