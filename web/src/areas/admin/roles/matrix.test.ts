import { expect, it } from "vitest";
import type { BuiltInRole } from "../../../api/types-people";
import { groupsOf, matching, words } from "./matrix";

const roles: BuiltInRole[] = [
  { role: "auditor", levels: ["org"], permissions: ["secret.view", "audit_entry.view"] },
  { role: "project_admin", levels: ["project"], permissions: ["workspace.view", "secret.view", "secret.create"] },
];

it("has every permission once, by kind", () => {
  expect(groupsOf(roles).map((group) => [group.kind, group.rows.map((row) => row.verb)])).toEqual([
    ["workspace", ["view"]],
    ["secret", ["view", "create"]],
    ["audit_entry", ["view"]],
  ]);
});

it("finds permissions by their parts and by words", () => {
  const found = (search: string) => matching(groupsOf(roles), search).flatMap((group) => group.rows.map((row) => row.permission));
  expect(found("SECRET create")).toEqual(["secret.create"]);
  expect(found("audit entry")).toEqual(["audit_entry.view"]);
  expect(found("audit_entry")).toEqual(["audit_entry.view"]);
  expect(found("")).toHaveLength(4);
  expect(found("launch")).toEqual([]);
});

it("keeps one kind", () => {
  expect(matching(groupsOf(roles), "", "secret").map((group) => [group.kind, group.rows.length])).toEqual([["secret", 2]]);
  expect(matching(groupsOf(roles), "create", "workspace")).toEqual([]);
});

it("writes names as words", () => expect(words("compute_profile")).toBe("Compute profile"));
