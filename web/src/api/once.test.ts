import { afterEach, expect, it, vi } from "vitest";
import { postOnce } from "./once";

const sent: (string | null)[] = [];
const answering = (...answers: (() => Response)[]) =>
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    sent.push(new Headers(init.headers).get("idempotency-key"));
    const next = answers.shift();
    return next ? Promise.resolve(next()) : Promise.reject(new TypeError("no network"));
  });
const made = () => new Response('{"made":true}', { status: 201 });
const taken = () => new Response('{"detail":"taken"}', { status: 409, headers: { "content-type": "application/problem+json" } });

afterEach(() => {
  sent.length = 0;
  vi.unstubAllGlobals();
});

it("keeps the key of what got no answer, for the same request only", async () => {
  const post = postOnce();
  answering();
  await expect(post("/workspaces", { name: "a" })).rejects.toThrow();
  await expect(post("/workspaces", { name: "b" })).rejects.toThrow();
  answering(() => new Response("", { status: 502 }), made);
  await expect(post("/workspaces", { name: "a" })).rejects.toThrow();
  expect(await post("/workspaces", { name: "a" })).toEqual({ made: true });
  expect(sent[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(sent[1]).not.toBe(sent[0]);
  expect([sent[2], sent[3]]).toEqual([sent[0], sent[0]]);
});

it("asks anew once it was answered, well or not", async () => {
  const post = postOnce();
  answering(taken, made, made);
  await expect(post("/workspaces", { name: "a" })).rejects.toThrow("taken");
  await post("/workspaces", { name: "a" });
  await post("/workspaces", { name: "a" });
  expect(new Set(sent).size).toBe(3);
});
