import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "./hooks";
import { patchCache } from "./live";
import { keepNewest, Newest } from "./newest";
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
let told: Newest;
const list = () => client.getQueryData<InfiniteData<Page<Obj>>>(listKey);
const names = () => list()?.pages.flatMap((page) => page.items.map((item) => item.metadata.name));
const isStale = () => client.getQueryState(listKey)?.isInvalidated;

beforeEach(() => {
  client = new QueryClient();
  told = new Newest();
  keepNewest(client, told);
  client.setQueryData(listKey, { pages: [{ items: [workspace("a", 5), workspace("b", 6)], total: 2 }], pageParams: [undefined] });
  client.setQueryData(keys.item("Workspace", scope, "a"), workspace("a", 5));
});

describe("patchCache", () => {
  it("changes an object in its list and by itself", () => {
    patchCache(client, told, { type: "modified", object: workspace("a", 9, "new"), resource_version: 9 });
    expect(list()?.pages[0]?.items[0]?.spec).toEqual({ notes: "new" });
    expect(client.getQueryData<Obj>(keys.item("Workspace", scope, "a"))?.spec).toEqual({ notes: "new" });
    expect(isStale()).toBe(false);
  });

  it("never goes back to an older version", () => {
    patchCache(client, told, { type: "modified", object: workspace("a", 4, "old"), resource_version: 4 });
    expect(list()?.pages[0]?.items[0]?.spec).toEqual({ notes: "" });
    expect(client.getQueryData<Obj>(keys.item("Workspace", scope, "a"))?.metadata.resource_version).toBe(5);
  });

  it("takes a deleted object out and counts", () => {
    patchCache(client, told, { type: "deleted", object: workspace("a", 9), resource_version: 9 });
    expect(names()).toEqual(["b"]);
    expect(list()?.pages[0]?.total).toBe(1);
  });

  it("lets the server place a new object", () => {
    patchCache(client, told, { type: "added", object: workspace("c", 9), resource_version: 9 });
    expect(names()).toEqual(["a", "b"]);
    expect(isStale()).toBe(true);
  });
});

describe("an answer that was on its way when something changed", () => {
  const slow = () => {
    let answer: (items: Obj[]) => void = () => undefined;
    const page = new Promise<Page<Obj>>((resolve) => (answer = (items) => resolve({ items, total: items.length })));
    return { page, answer };
  };
  const read = (page: Promise<Page<Obj>>) =>
    client.fetchInfiniteQuery({ queryKey: listKey, queryFn: () => page, initialPageParam: undefined });

  it("does not bring back an older version, nor what is gone", async () => {
    const { page, answer } = slow();
    const reading = read(page);
    patchCache(client, told, { type: "modified", object: workspace("a", 9, "new"), resource_version: 9 });
    patchCache(client, told, { type: "deleted", object: workspace("b", 10), resource_version: 10 });
    answer([workspace("a", 5), workspace("b", 6)]);
    await reading;
    expect(names()).toEqual(["a"]);
    expect(list()?.pages[0]?.total).toBe(1);
    expect(list()?.pages[0]?.items[0]?.spec).toEqual({ notes: "new" });
  });

  it("does not bring an object back as it was, nor one that is gone", () => {
    const item = keys.item("Workspace", scope, "a");
    patchCache(client, told, { type: "modified", object: workspace("a", 9, "new"), resource_version: 9 });
    client.setQueryData(item, workspace("a", 8, "between"));
    expect(client.getQueryData<Obj>(item)?.spec).toEqual({ notes: "new" });
    patchCache(client, told, { type: "deleted", object: workspace("a", 10), resource_version: 10 });
    client.setQueryData(item, workspace("a", 9, "new"));
    expect(client.getQueryState(item)?.error).toMatchObject({ status: 404 });
  });

  it("is asked for again when it may lack what came meanwhile", async () => {
    client.clear();
    const { page, answer } = slow();
    const reading = read(page);
    patchCache(client, told, { type: "added", object: workspace("c", 9), resource_version: 9 });
    answer([workspace("a", 5)]);
    await reading;
    expect(isStale()).toBe(true);
  });
});
