// One WebSocket for every subscription of the page. It reconnects by itself and asks for what was missed meanwhile.
import type { Kind, Obj, Scope } from "./types";
import type { Notification } from "./types-people";

export interface WatchEvent {
  type: "added" | "modified" | "deleted";
  object: Pick<Obj, "kind" | "metadata"> & Partial<Obj>;
  resource_version: number;
}

export interface Subscription {
  kinds: Kind[];
  scope: Scope;
  onEvent: (event: WatchEvent) => void;
  /** Something may have been missed: what was read before is old. */
  onGap: () => void;
}

/** What a person is told, instead of objects. After a gap the list is read again, so no position is kept. */
export interface InboxSubscription {
  onNotification: (notification: Notification) => void;
  onGap: () => void;
}

type Active = { id: number; since: number | undefined } & ((Subscription & { inbox?: undefined }) | { inbox: InboxSubscription; onGap: () => void });

/** The part of a WebSocket that is needed, so that tests can stand in for one. */
export interface Socket {
  send(data: string): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

export type ConnectionState = "idle" | "connecting" | "open" | "waiting";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export class WatchClient {
  private socket: Socket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private nextId = 1;
  private readonly active = new Map<number, Active>();
  private readonly listeners = new Set<() => void>();
  private current: ConnectionState = "idle";

  constructor(
    private readonly open: () => Socket,
    private readonly random: () => number = Math.random,
  ) {}

  get state(): ConnectionState {
    return this.current;
  }

  /** Calls `listener` on every change of the connection's state; gives back how to stop that. */
  onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Starts a subscription and gives back how to end it. */
  subscribe(subscription: Subscription): () => void {
    return this.begin({ ...subscription, id: this.nextId++, since: undefined });
  }

  /** Tells what the person is told from now on; gives back how to end it. */
  subscribeInbox(inbox: InboxSubscription): () => void {
    return this.begin({ inbox, onGap: inbox.onGap, id: this.nextId++, since: undefined });
  }

  private begin(entry: Active): () => void {
    this.active.set(entry.id, entry);
    if (this.current === "open") this.ask(entry);
    else if (this.current === "idle") this.connect();
    return () => {
      this.active.delete(entry.id);
      if (this.current === "open") this.socket?.send(JSON.stringify({ id: entry.id, unwatch: true }));
    };
  }

  /** Closes the connection for good. */
  close(): void {
    clearTimeout(this.timer);
    this.active.clear();
    const socket = this.socket;
    this.socket = undefined;
    this.set("idle");
    socket?.close();
  }

  private set(state: ConnectionState): void {
    if (this.current === state) return;
    this.current = state;
    for (const listener of this.listeners) listener();
  }

  private connect(): void {
    this.set("connecting");
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.attempts = 0;
      this.set("open");
      for (const entry of this.active.values()) this.ask(entry);
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private lost(): void {
    this.socket = undefined;
    if (this.active.size === 0) {
      this.set("idle");
      return;
    }
    this.set("waiting");
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.attempts++);
    // Half fixed, half random: many consoles must not come back in the same instant after a restart.
    this.timer = setTimeout(() => this.connect(), longest / 2 + (longest / 2) * this.random());
  }

  private ask(entry: Active): void {
    if (entry.inbox) {
      this.socket?.send(JSON.stringify({ id: entry.id, watch: { notifications: true } }));
      return;
    }
    const watch = { kinds: entry.kinds, ...entry.scope };
    const since = entry.since === undefined ? {} : { since: entry.since };
    this.socket?.send(JSON.stringify({ id: entry.id, watch, ...since }));
  }

  private receive(data: unknown): void {
    if (typeof data !== "string") return;
    const message = JSON.parse(data) as { id: number; type: string; resource_version?: number; object?: WatchEvent["object"]; notification?: Notification };
    const entry = this.active.get(message.id);
    if (!entry) return;
    if (entry.inbox) {
      if (message.type === "synced") entry.onGap();
      else if (message.notification) entry.inbox.onNotification(message.notification);
      return;
    }
    if (message.type === "synced") {
      // Without a starting point, whatever changed between the first read and now is unknown.
      if (entry.since === undefined) entry.onGap();
      entry.since = Math.max(entry.since ?? 0, message.resource_version ?? 0);
    } else if (message.type === "error") {
      // The server no longer knows that far back: start over from now.
      if (entry.since !== undefined) {
        entry.since = undefined;
        this.ask(entry);
      }
    } else if (message.object && message.resource_version !== undefined) {
      entry.since = Math.max(entry.since ?? 0, message.resource_version);
      entry.onEvent({ type: message.type as WatchEvent["type"], object: message.object, resource_version: message.resource_version });
    }
  }
}
