import { afterEach, expect, it } from "vitest";
import { writeSetting } from "../../../lib/storage";
import { backupKey, readBackup, writeBackup } from "./backup";
import { emptyDraft } from "./draft";

const key = backupKey("ana", "ServiceProfile", { org: "acme", project: "vision" }, undefined);
afterEach(() => writeBackup(key, undefined));

it("gives back what was kept, to the same person at the same profile only", () => {
  const kept = { at: "2026-11-24T10:00:00Z", generation: 0, name: "lab", draft: { ...emptyDraft("ServiceProfile"), title: "Lab" } };
  writeBackup(key, kept);
  expect(readBackup(key)).toEqual(kept);
  for (const other of [
    backupKey("bo", "ServiceProfile", { org: "acme", project: "vision" }, undefined),
    backupKey("ana", "ComputeProfile", { org: "acme", project: "vision" }, undefined),
    backupKey("ana", "ServiceProfile", { org: "acme", project: "vision" }, "lab"),
  ])
    expect(readBackup(other)).toBeUndefined();
  writeBackup(key, undefined);
  expect(readBackup(key)).toBeUndefined();
});

it("takes nothing that another version of the console wrote in another shape", () => {
  for (const text of ["", "{", "null", "{}", '{"draft":{"spec":{}}}']) {
    writeSetting(key, text);
    expect(readBackup(key), text).toBeUndefined();
  }
});
