import { describe, expect, it } from "vitest";
import type { Field, InputRule } from "../../../api/types";
import { arrange, canMove, mergeField, move, ruleSays, setRule, strayRules } from "./rules";

const field = (name: string, section = "", order = 0): Field => ({ name, type: "text", section, order });
const names = (fields: Field[], rules: InputRule[]) => arrange(fields, rules).map((group) => [group.section, ...group.fields.map((one) => one.name)]);

describe("setRule", () => {
  it("adds, changes and takes away", () => {
    let rules = setRule(undefined, "python", { override: "locked", value: "3.12" });
    expect(rules).toEqual([{ name: "python", override: "locked", value: "3.12" }]);
    rules = setRule(rules, "disk", { hidden: true });
    rules = setRule(rules, "python", { override: undefined });
    expect(rules).toEqual([{ name: "python", value: "3.12" }, { name: "disk", hidden: true }]);
    expect(setRule(rules, "python", { value: undefined })).toEqual([{ name: "disk", hidden: true }]);
  });

  it("keeps values that are false, zero, empty or null: they say something", () => {
    expect(setRule([], "a", { value: false, mutable: false, order: 0, label: "" })).toEqual([{ name: "a", value: false, mutable: false, order: 0, label: "" }]);
  });

  it("does not touch other rules or its arguments", () => {
    const before: InputRule[] = [{ name: "a", hidden: true }];
    const after = setRule(before, "b", { hidden: true });
    expect(before).toHaveLength(1);
    expect(after[0]).toBe(before[0]);
  });
});

describe("arrange", () => {
  const fields = [field("a", "One", 10), field("b", "Two", 20), field("c", "One", 30), field("d", "", 5)];

  it("groups under headings where their first field stands", () => {
    expect(names(fields, [])).toEqual([["", "d"], ["One", "a", "c"], ["Two", "b"]]);
  });

  it("follows rules that move fields and rename headings", () => {
    expect(names(fields, [{ name: "b", order: 1 }, { name: "c", section: "Two" }])).toEqual([["Two", "b", "c"], ["", "d"], ["One", "a"]]);
  });

  it("keeps declaration order where orders tie", () => {
    expect(names([field("x"), field("y"), field("z")], [])).toEqual([["", "x", "y", "z"]]);
  });
});

describe("move", () => {
  const fields = [field("a", "One"), field("b", "One"), field("c", "One"), field("d", "Two"), field("e", "Two")];

  it("swaps with the neighbour and leaves the rest as it was", () => {
    const rules = move(fields, [], "b", -1);
    expect(names(fields, rules)).toEqual([["One", "b", "a", "c"], ["Two", "d", "e"]]);
    expect(names(fields, move(fields, rules, "d", 1))).toEqual([["One", "b", "a", "c"], ["Two", "e", "d"]]);
  });

  it("up and then down is as before, for every field", () => {
    for (const { name } of fields) {
      const up = move(fields, [], name, -1);
      if (!canMove(arrange(fields, []), name, -1)) expect(up).toEqual([]);
      else expect(names(fields, move(fields, up, name, 1))).toEqual(names(fields, []));
    }
  });

  it("stays at the ends of a heading", () => {
    expect(move(fields, [], "a", -1)).toEqual([]);
    expect(move(fields, [], "c", 1)).toEqual([]);
  });

  it("keeps what else rules say", () => {
    expect(move(fields, [{ name: "b", override: "locked", value: "x" }], "b", -1).find((rule) => rule.name === "b")).toMatchObject({ override: "locked", value: "x" });
  });
});

it("merges what a rule narrows", () => {
  const merged = mergeField({ ...field("a"), required: false, mutable: true, choices: [{ value: "x" }, { value: "y" }] }, { name: "a", override: "locked", value: "x", required: true, mutable: false, choices: [{ value: "x" }] });
  expect(merged).toMatchObject({ default: "x", required: true, mutable: false, locked: true, choices: [{ value: "x" }] });
  expect(mergeField(field("a"), undefined)).toMatchObject({ locked: false, override: "allowed", hidden: false });
});

it("finds rules without a field, and says what a rule says", () => {
  expect(strayRules([{ name: "a", hidden: true }, { name: "gone", hidden: true }], [field("a")])).toEqual([{ name: "gone", hidden: true }]);
  expect(ruleSays({ name: "a", hidden: true, value: 1 })).toEqual(["hidden", "value"]);
});
