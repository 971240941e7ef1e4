import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "./hooks";
import { patchCache } from "./live";
import type { Obj, Page } from "./types";

const scope = { org: "acme", project: "vision" };
const listKey = keys.list("Workspace", scope, {});

function workspace(name: string, version: number, notes = ""): Obj {
  return {
    apiVersion: "warpyard.io/v1",
    kind: "Workspace",
    metadata: { ...scope, name, uid: name, generation: 1, resource_version: version, created_at: "", updated_at: "", created_by: "ana", modified_by: "ana" },
    spec: { notes },
    status: {},
  };
}

let client: QueryClient;
const list = () => client.getQueryData<InfiniteData<Page<Obj>>>(listKey);
const names = () => list()?.pages.flatMap((page) => page.items.map((item) => item.metadata.name));
const isStale = () => client.getQueryState(listKey)?.isInvalidated;

beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(listKey, { pages: [{ items: [workspace("a", 5), workspace("b", 6)], total: 2 }], pageParams: [undefined] });
  client.setQueryData(keys.item("Workspace", scope, "a"), workspace("a", 5));
});

describe("patchCache", () => {
  it("changes an object in its list and by itself", () => {
    patchCache(client, { type: "modified", object: workspace("a", 9, "new"), resource_version: 9 });
    expect(list()?.pages[0]?.items[0]?.spec).toEqual({ notes: "new" });
    expect(client.getQueryData<Obj>(keys.item("Workspace", scope, "a"))?.spec).toEqual({ notes: "new" });
    expect(isStale()).toBe(false);
  });

  it("never goes back to an older version", () => {
    patchCache(client, { type: "modified", object: workspace("a", 4, "old"), resource_version: 4 });
    expect(list()?.pages[0]?.items[0]?.spec).toEqual({ notes: "" });
    expect(client.getQueryData<Obj>(keys.item("Workspace", scope, "a"))?.metadata.resource_version).toBe(5);
  });

  it("takes a deleted object out and counts", () => {
    patchCache(client, { type: "deleted", object: workspace("a", 9), resource_version: 9 });
    expect(names()).toEqual(["b"]);
    expect(list()?.pages[0]?.total).toBe(1);
  });

  it("lets the server place a new object", () => {
    patchCache(client, { type: "added", object: workspace("c", 9), resource_version: 9 });
    expect(names()).toEqual(["a", "b"]);
    expect(isStale()).toBe(true);
  });
});
