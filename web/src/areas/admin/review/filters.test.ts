import { expect, test } from "vitest";
import type { ReviewRow } from "../../../api/access-requests";
import { lastUsed, matches } from "./filters";

const now = new Date("2026-06-01T00:00:00Z");
const row: ReviewRow = { user: "ana", title: "Ana Lima", active: true, scope: { org: "acme", project: "vision" }, role: "developer", custom: false, binding: "ana-developer", since: "2026-01-01T00:00:00Z", given_by: "root", reason: "Night shift" };

test("what reviewers look for first is found", () => {
  expect(matches(row, { search: "lima vision" }, now)).toBe(true);
  expect(matches(row, { search: "lima speech" }, now)).toBe(false);
  expect(matches(row, { level: "org" }, now)).toBe(false);
  expect(matches(row, { only: "unused" }, now), "never there").toBe(true);
  expect(matches({ ...row, last_token_use: "2026-05-30T00:00:00Z", last_sign_in: "2026-01-01T00:00:00Z" }, { only: "unused" }, now)).toBe(false);
  expect(matches({ ...row, expires_at: "2026-06-10T00:00:00Z" }, { only: "ending" }, now)).toBe(true);
  expect(matches(row, { only: "ending" }, now)).toBe(false);
  expect(matches(row, { only: "forever" }, now)).toBe(true);
  expect(matches(row, { only: "inactive" }, now)).toBe(false);
});

test("the last use is the later of the two", () => {
  expect(lastUsed({})).toBeUndefined();
  expect(lastUsed({ last_sign_in: "2026-02-01T00:00:00Z", last_token_use: "2026-01-01T00:00:00Z" })).toBe("2026-02-01T00:00:00Z");
});
