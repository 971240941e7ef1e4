// What the watch stream told last of each object. An answer that was on its way meanwhile may be older: without this it
// would be shown until the next change.
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./error";
import type { Obj, Page } from "./types";
import type { WatchEvent } from "./watch";

/** How many objects are remembered; far more than change while one request is under way. */
const REMEMBERED = 2_000;

/** The error of an object that is known to be gone. */
export const gone = () => new ApiError({ status: 404, code: "not_found", detail: "It was deleted." });

export class Newest {
  private readonly events = new Map<string, WatchEvent>();
  private readonly again = new WeakSet<Query>();

  remember(event: WatchEvent): void {
    const { uid } = event.object.metadata;
    const known = this.events.get(uid);
    if (known && known.resource_version > event.resource_version) return;
    this.events.delete(uid);
    this.events.set(uid, event);
    const [oldest] = this.events.keys();
    if (this.events.size > REMEMBERED && oldest !== undefined) this.events.delete(oldest);
  }

  /** The object as it is known to be by now; `undefined` when it is gone. */
  of(object: Obj): Obj | undefined {
    const event = this.events.get(object.metadata.uid);
    if (event?.type === "deleted") return undefined;
    const newer = event && event.object.metadata.resource_version > object.metadata.resource_version;
    return newer ? (event.object as Obj) : object;
  }

  /** This list may be old when it arrives, in a way that only the server can mend. */
  readAgain(query: Query): void {
    this.again.add(query);
  }

  /** Whether a list that has arrived has to be read again, which is said once. */
  isOld(query: Query): boolean {
    return this.again.delete(query);
  }

  /** A page of a list as it is known to be by now; the same page when nothing in it is old. */
  ofPage(page: Page<Obj>): Page<Obj> {
    const items = page.items.flatMap((object) => this.of(object) ?? []);
    const same = items.length === page.items.length && items.every((object, i) => object === page.items[i]);
    return same ? page : { ...page, items, total: Math.max(0, page.total - (page.items.length - items.length)) };
  }
}

/** Corrects whatever comes into the cache older than what was told; gives back how to end that. */
export function keepNewest(client: QueryClient, newest: Newest): () => void {
  return client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || event.query.queryKey[0] !== "objects") return;
    correct(event.query, newest);
    if (newest.isOld(event.query)) void client.invalidateQueries({ queryKey: event.query.queryKey, exact: true });
  });
}

function correct(query: Query, newest: Newest): void {
  if (query.queryKey[2] === "list") {
    const data = query.state.data as InfiniteData<Page<Obj>>;
    const pages = data.pages.map((page) => newest.ofPage(page));
    if (pages.some((page, i) => page !== data.pages[i])) query.setData({ ...data, pages });
    return;
  }
  const object = query.state.data as Obj;
  const known = newest.of(object);
  if (!known) query.setState({ status: "error", error: gone(), fetchStatus: "idle" });
  else if (known !== object) query.setData(known);
}
