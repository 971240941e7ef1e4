import { describe, expect, it } from "vitest";
import { conditionWords } from "./conditions";

describe("conditionWords", () => {
  const label = (name: string) => ({ gpus: "GPUs", kind: "Kind of disk" })[name] ?? name;

  it("says comparisons of inputs in words", () => {
    expect(conditionWords("inputs.gpus > 0 && inputs.kind == 'fast && big'", label)).toBe("GPUs is more than 0 and Kind of disk is “fast && big”");
    expect(conditionWords("!inputs.gpus || inputs.kind in ['a', 'b']", label)).toBe("not GPUs or Kind of disk is one of [“a”, “b”]");
    expect(conditionWords("inputs.spot == true", label)).toBe("spot is on");
  });

  it("leaves to code what is more than that", () => {
    expect(conditionWords("size(inputs.kind) > 3", label)).toBeUndefined();
    expect(conditionWords("inputs.kind.startsWith('a')", label)).toBeUndefined();
    expect(conditionWords("inputs.gpus > 1 ? true : false", label)).toBeUndefined();
    expect(conditionWords("inputs.gpus * 2 > 1", label)).toBeUndefined();
  });
});
