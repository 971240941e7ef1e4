import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Socket, WatchClient, type WatchEvent } from "./watch";

class FakeSocket implements Socket {
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  send(data: string) {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }
  close() {
    this.closed = true;
  }
  accept() {
    this.onopen?.(new Event("open"));
  }
  tell(message: object) {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
  drop() {
    this.onclose?.(new CloseEvent("close"));
  }
}

let sockets: FakeSocket[];
let client: WatchClient;
const latest = () => sockets.at(-1) as FakeSocket;
const object = { kind: "Workspace", metadata: { name: "a" } };

function subscribe() {
  const events: WatchEvent[] = [];
  const onGap = vi.fn();
  const stop = client.subscribe({ kinds: ["Workspace"], scope: { org: "acme" }, onEvent: (event) => events.push(event), onGap });
  return { events, onGap, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  client = new WatchClient(
    () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    () => 1,
  );
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

describe("WatchClient", () => {
  it("opens one connection for all subscriptions and asks for each", () => {
    subscribe();
    subscribe();
    expect(sockets).toHaveLength(1);
    latest().accept();
    expect(latest().sent).toEqual([
      { id: 1, watch: { kinds: ["Workspace"], org: "acme" } },
      { id: 2, watch: { kinds: ["Workspace"], org: "acme" } },
    ]);
  });

  it("hands events to their subscription and reports the gap before the first sync", () => {
    const one = subscribe();
    const two = subscribe();
    latest().accept();
    latest().tell({ id: 1, type: "synced", resource_version: 10 });
    latest().tell({ id: 1, type: "modified", object, resource_version: 11 });
    expect(one.onGap).toHaveBeenCalledTimes(1);
    expect(one.events).toEqual([{ type: "modified", object, resource_version: 11 }]);
    expect(two.events).toEqual([]);
  });

  it("comes back by itself and asks only for what it missed", () => {
    const { onGap, events } = subscribe();
    latest().accept();
    latest().tell({ id: 1, type: "synced", resource_version: 10 });
    latest().tell({ id: 1, type: "added", object, resource_version: 12 });
    latest().drop();
    expect(client.state).toBe("waiting");
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
    latest().accept();
    expect(latest().sent).toEqual([{ id: 1, watch: { kinds: ["Workspace"], org: "acme" }, since: 12 }]);
    latest().tell({ id: 1, type: "modified", object, resource_version: 13 });
    latest().tell({ id: 1, type: "synced", resource_version: 13 });
    expect(onGap).toHaveBeenCalledTimes(1);
    expect(events).toHaveLength(2);
  });

  it("starts over when the server no longer knows that far back", () => {
    const { onGap } = subscribe();
    latest().accept();
    latest().tell({ id: 1, type: "synced", resource_version: 10 });
    latest().drop();
    vi.advanceTimersByTime(500);
    latest().accept();
    latest().tell({ id: 1, type: "error", detail: "too old" });
    expect(latest().sent.at(-1)).toEqual({ id: 1, watch: { kinds: ["Workspace"], org: "acme" } });
    latest().tell({ id: 1, type: "synced", resource_version: 50 });
    expect(onGap).toHaveBeenCalledTimes(2);
  });

  it("waits longer after every failure, and short again once it was open", () => {
    subscribe();
    latest().drop();
    vi.advanceTimersByTime(500);
    latest().drop();
    vi.advanceTimersByTime(999);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
    latest().accept();
    latest().drop();
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(4);
  });

  it("ends a subscription, and does not come back for nobody", () => {
    const { stop, events } = subscribe();
    latest().accept();
    stop();
    expect(latest().sent.at(-1)).toEqual({ id: 1, unwatch: true });
    latest().tell({ id: 1, type: "added", object, resource_version: 11 });
    expect(events).toEqual([]);
    latest().drop();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    subscribe();
    expect(sockets).toHaveLength(2);
  });

  it("takes no word from a connection it left", () => {
    const { events } = subscribe();
    const old = latest();
    old.accept();
    old.drop();
    vi.advanceTimersByTime(500);
    latest().accept();
    old.tell({ id: 1, type: "added", object, resource_version: 99 });
    old.drop();
    expect(events).toEqual([]);
    expect(client.state).toBe("open");
  });

  it("tells what a person is told, and after an interruption says that something may be missing", () => {
    const told: string[] = [];
    const onGap = vi.fn();
    const stop = client.subscribeInbox({ onNotification: (one) => told.push(one.title), onGap });
    latest().accept();
    const [asked] = latest().sent;
    expect(asked).toMatchObject({ watch: { notifications: true } });
    latest().tell({ id: asked?.id, type: "notification", notification: { id: "7", title: "Ready" } });
    expect(told).toEqual(["Ready"]);
    latest().tell({ id: asked?.id, type: "synced", resource_version: 7 });
    expect(onGap).toHaveBeenCalledTimes(1);
    latest().drop();
    vi.advanceTimersByTime(20_000);
    latest().accept();
    latest().tell({ id: latest().sent[0]?.id, type: "synced", resource_version: 9 });
    expect(onGap).toHaveBeenCalledTimes(2);
    stop();
    expect(latest().sent.at(-1)).toMatchObject({ unwatch: true });
  });
});
