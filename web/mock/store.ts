// Objects in memory, with versions and events like the server's.
import { randomUUID } from "node:crypto";
import type { Kind, Obj, Scope } from "../src/api/types";

export type AnyObject = Obj<Record<string, unknown>, Record<string, unknown>>;
export type StoreEvent = { type: "added" | "modified" | "deleted"; object: AnyObject; resource_version: number };

const HOUR = 3_600_000;

export class Store {
  objects: AnyObject[] = [];
  version = 100;
  private readonly listeners = new Set<(event: StoreEvent) => void>();

  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(type: StoreEvent["type"], object: AnyObject): void {
    for (const listener of this.listeners) listener({ type, object: structuredClone(object), resource_version: this.version });
  }

  add(kind: Kind, scope: Scope, metadata: { name: string; display_name?: string; description?: string }, spec: object, status: object = {}, hoursAgo = 0): AnyObject {
    const at = new Date(Date.now() - hoursAgo * HOUR).toISOString();
    this.version += 1;
    const object: AnyObject = {
      apiVersion: "warpyard.io/v1",
      kind,
      metadata: {
        ...scope,
        ...metadata,
        uid: randomUUID(),
        generation: 1,
        resource_version: this.version,
        created_at: at,
        updated_at: at,
        created_by: "ana",
        modified_by: "ana",
      },
      spec: spec as Record<string, unknown>,
      status: status as Record<string, unknown>,
    };
    this.objects.push(object);
    this.tell("added", object);
    return object;
  }

  change(object: AnyObject, change: (object: AnyObject) => void): AnyObject {
    change(object);
    this.version += 1;
    object.metadata.resource_version = this.version;
    object.metadata.updated_at = new Date().toISOString();
    this.tell("modified", object);
    return object;
  }

  remove(object: AnyObject): void {
    this.objects = this.objects.filter((other) => other !== object);
    this.version += 1;
    this.tell("deleted", object);
  }

  list(kind: Kind, scope: Scope, deep = false): AnyObject[] {
    return this.objects.filter(
      (object) =>
        object.kind === kind &&
        (["org", "project", "workspace"] as const).every((level) =>
          deep ? scope[level] === undefined || object.metadata[level] === scope[level] : object.metadata[level] === scope[level],
        ),
    );
  }

  get(kind: Kind, scope: Scope, name: string): AnyObject | undefined {
    return this.list(kind, scope).find((object) => object.metadata.name === name);
  }
}
