import { describe, expect, it } from "vitest";
import { seed } from "../../../../mock/data";
import type { Instance } from "../../../api/types";
import { runSome, splitAble } from "./bulk";

const rows = seed().list("ServiceInstance", { org: "acme" }, true) as unknown as Instance[];
const names = (list: Instance[]) => list.map((row) => row.metadata.name);

describe("an action on many", () => {
  it("is for those whose state and rights allow it, and names the others", () => {
    const { able, left } = splitAble(rows, "stop", () => () => true);
    expect(names(able)).toEqual(["notebook", "shell"]);
    expect(names(left)).toEqual(["train-unet", "export"]);
    expect(splitAble(rows, "stop", () => () => false).able).toEqual([]);
    expect(names(splitAble(rows, "stop", (row) => () => row.metadata.name === "shell").able)).toEqual(["shell"]);
  });

  it("does a few at a time and every one once", async () => {
    const release: (() => void)[] = [];
    const begun: number[] = [];
    const all = runSome([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      await new Promise<void>((resolve) => release.push(resolve));
    });
    expect(begun).toEqual([1, 2]);
    for (let done = 0; done < 5; done += 1) {
      release[done]?.();
      await Promise.resolve();
      await Promise.resolve();
      expect(begun.length).toBeLessThanOrEqual(done + 3);
    }
    await all;
    expect(begun).toEqual([1, 2, 3, 4, 5]);
  });
});
