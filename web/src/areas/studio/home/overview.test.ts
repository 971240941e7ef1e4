import { expect, it } from "vitest";
import { countOf, sumOf } from "./overview";

it("does not count changed profiles twice", () => {
  expect(countOf({ published: 3, draft: 2, changed: 1 })).toBe(5);
});

it("adds up what runs over all profiles", () => {
  expect(sumOf([{ running: 2, queued: 0, failed: 1 }, { running: 1, queued: 4, failed: 0 }])).toEqual({ running: 3, queued: 4, failed: 1 });
  expect(sumOf([])).toEqual({ running: 0, queued: 0, failed: 0 });
});
