import { describe, expect, it } from "vitest";
import { nameProblem, slug, suggestName } from "./name";
import { toYaml } from "./yaml";

describe("names", () => {
  it("accepts what the server accepts", () => {
    for (const good of ["a", "nb-1", "a".repeat(48)]) expect(nameProblem(good)).toBeUndefined();
    for (const bad of ["", "1a", "-a", "a-", "a--b", "A", "a_b", "ä", "a".repeat(49)]) expect(nameProblem(bad), bad).toBeDefined();
  });

  it("makes valid names of any text", () => {
    expect(slug("Ana Lima")).toBe("ana-lima");
    expect(slug("  42 Überraschungen! ")).toBe("uberraschungen");
    for (const text of ["JupyterLab", "x".repeat(90), "a - b -- c"]) expect(nameProblem(slug(text)), text).toBeUndefined();
    for (const text of ["JupyterLab", "", "y".repeat(90), "a-"]) expect(nameProblem(suggestName(text)), text).toBeUndefined();
  });
});

describe("toYaml", () => {
  it("writes nested values", () => {
    expect(toYaml({ kind: "A", list: ["x", { a: 1, b: [] }], none: undefined, empty: {}, nothing: null })).toBe(
      "kind: A\nlist:\n  - x\n  - a: 1\n    b: []\nempty: {}\nnothing: null\n",
    );
  });

  it("quotes what would be read as something else", () => {
    expect(toYaml({ a: "yes", b: "3.12", c: "a: b", d: "", e: "- x", f: "x #y", g: "null", h: "~" })).toBe(
      'a: "yes"\nb: "3.12"\nc: "a: b"\nd: ""\ne: "- x"\nf: "x #y"\ng: "null"\nh: "~"\n',
    );
  });

  it("keeps lines of text", () => {
    expect(toYaml({ script: "one\n\ntwo\n" })).toBe("script: |\n  one\n\n  two\n");
    expect(toYaml({ script: "one\ntwo" })).toBe("script: |-\n  one\n  two\n");
    // Leading spaces and repeated trailing line ends need another form to survive.
    expect(toYaml({ script: "  one\ntwo" })).toBe('script: "  one\\ntwo"\n');
    expect(toYaml({ script: "one\n\n" })).toBe('script: "one\\n\\n"\n');
  });
});
