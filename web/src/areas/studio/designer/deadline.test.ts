import { expect, it } from "vitest";
import { localTime, readLocalTime } from "./DeadlineField";

it("shows a moment in local time and reads back the same one", () => {
  for (const moment of ["2026-11-24T18:30:00.000Z", "2027-01-01T00:00:00.000Z", "2026-07-05T03:09:00.000Z"]) expect(readLocalTime(localTime(moment))).toBe(moment);
  expect(localTime(undefined)).toBe("");
  expect(readLocalTime("")).toBeUndefined();
  expect(readLocalTime("2026-11-")).toBeUndefined();
});
