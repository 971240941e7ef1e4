import { describe, expect, it } from "vitest";
import type { Field, InputRule } from "../../../api/types";
import { arrange, fitValue, lockTheRest, mergeField, place, redirect, retiredValues, ruleSays, setRule, step, strayRules } from "./rules";

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

describe("place and step", () => {
  const fields = [field("a", "One"), field("b", "One"), field("c", "One"), field("d", "Two"), field("e", "Two")];
  const move = (rules: InputRule[], name: string, by: -1 | 1, list = fields) => {
    const target = step(arrange(list, rules), name, by);
    return target ? place(list, rules, name, target) : rules;
  };

  it("swaps with the neighbour and leaves the rest as it was", () => {
    const rules = move([], "b", -1);
    expect(names(fields, rules)).toEqual([["One", "b", "a", "c"], ["Two", "d", "e"]]);
    expect(names(fields, move(rules, "d", 1))).toEqual([["One", "b", "a", "c"], ["Two", "e", "d"]]);
  });

  it("goes under the next heading past the end of its own, and back", () => {
    const down = move([], "c", 1);
    expect(names(fields, down)).toEqual([["One", "a", "b"], ["Two", "c", "d", "e"]]);
    expect(down.find((rule) => rule.name === "c")).toMatchObject({ section: "Two" });
    expect(names(fields, move(down, "c", -1))).toEqual(names(fields, []));
  });

  it("ends at the first and the last place", () => {
    expect(step(arrange(fields, []), "a", -1)).toBeUndefined();
    expect(step(arrange(fields, []), "e", 1)).toBeUndefined();
  });

  it("up and then down is as before, for every field that leaves no heading empty", () => {
    for (const { name } of fields) expect(names(fields, move(move([], name, -1), name, 1)), name).toEqual(name === "a" ? [["One", "b", "a", "c"], ["Two", "d", "e"]] : names(fields, []));
  });

  it("changes only the rule of the field that moves where its neighbours leave room", () => {
    const spaced = ["a", "b", "c"].map((name, index) => field(name, "", index * 10));
    expect(move([], "c", -1, spaced)).toEqual([{ name: "c", order: 5 }]);
    // And takes the rule away again when it comes back to where the template has it.
    expect(move(move([], "c", -1, spaced), "c", 1, spaced)).toEqual([]);
  });

  it("puts any field before any other, with the rest in their order", () => {
    const many = Array.from({ length: 7 }, (_, index) => field(`f${index}`, index < 4 ? "One" : "Two", index % 3));
    for (const one of many) {
      for (const other of many) {
        if (one === other) continue;
        const start = arrange(many, []);
        const section = start.find((group) => group.fields.includes(other))?.section ?? "";
        const flat = arrange(many, place(many, [], one.name, { section, before: other.name })).flatMap((group) => group.fields.map((each) => each.name));
        expect(flat.indexOf(one.name), `${one.name} before ${other.name}`).toBe(flat.indexOf(other.name) - 1);
        const rest = (list: string[]) => list.filter((name) => name !== one.name);
        expect(rest(flat)).toEqual(rest(start.flatMap((group) => group.fields.map((each) => each.name))));
      }
    }
  });

  it("keeps what else rules say", () => {
    expect(move([{ name: "b", override: "locked", value: "x" }], "b", -1).find((rule) => rule.name === "b")).toMatchObject({ override: "locked", value: "x" });
  });
});

describe("lockTheRest", () => {
  const fields: Field[] = [
    { ...field("image"), choices: [{ value: "a" }, { value: "b" }], default: "a" },
    { ...field("disk"), type: "size", default: 10 },
    { ...field("packages"), default: [] },
    { ...field("key"), required: true },
    field("notes"),
    { ...field("fixed"), override: "locked", default: 1 },
  ];

  it("locks what nobody decided about, hides what is empty, and leaves open what must be answered", () => {
    const { rules, locked, hidden, open } = lockTheRest(fields, [{ name: "disk", min: 5 }]);
    expect([locked, hidden, open]).toEqual([["image", "packages"], ["notes"], ["key"]]);
    expect(rules).toEqual([{ name: "disk", min: 5 }, { name: "image", override: "locked" }, { name: "packages", override: "locked" }, { name: "notes", hidden: true }]);
  });

  it("locks to a value of the profile's own", () => {
    expect(lockTheRest(fields, [{ name: "key", value: "x" }]).rules).toContainEqual({ name: "key", value: "x", override: "locked" });
  });
});

describe("fitValue", () => {
  it("starts people from a value that is still allowed", () => {
    const image = { ...field("image"), default: "c" };
    expect(fitValue(image, { name: "image", choices: [{ value: "a" }, { value: "b" }] })).toEqual({ value: "a" });
    expect(fitValue(image, { name: "image", choices: [{ value: "b" }, { value: "c" }] })).toEqual({});
    expect(fitValue({ ...field("many"), type: "multi_choice", default: ["a", "c"] }, { name: "many", choices: [{ value: "a" }] })).toEqual({ value: ["a"] });
  });

  it("moves a number to the nearer limit, and invents none", () => {
    const disk: Field = { ...field("disk"), type: "size", default: 10 };
    expect(fitValue(disk, { name: "disk", min: 50, max: 200 })).toEqual({ value: 50 });
    expect(fitValue(disk, { name: "disk", value: 500, max: 200 })).toEqual({ value: 200 });
    expect(fitValue(disk, { name: "disk", min: 5 })).toEqual({});
    expect(fitValue({ ...disk, default: null }, { name: "disk", min: 50 })).toEqual({});
  });
});

describe("retired values", () => {
  const image: Field = { ...field("image"), choices: ["a", "b", "c"].map((value) => ({ value })) };
  const rule = (...values: string[]): InputRule => ({ name: "image", choices: values.map((value) => ({ value })) });

  it("are those people could choose before and cannot now", () => {
    expect(retiredValues(image, undefined, rule("a"))).toEqual(["b", "c"]);
    expect(retiredValues(image, rule("a", "b"), rule("a"))).toEqual(["b"]);
    expect(retiredValues(image, rule("a"), rule("a", "b"))).toEqual([]);
    const led: InputRule = { ...rule("a"), redirects: [{ from: "c", to: "a" }, { from: "a", to: "a" }] };
    expect(retiredValues(image, rule("a"), led)).toEqual(["c"]);
    expect(retiredValues({ ...image, choices: [] }, undefined, undefined)).toEqual([]);
  });

  it("are led elsewhere one by one", () => {
    const led = { ...rule("a"), ...redirect(rule("a"), "b", "a") };
    expect(led.redirects).toEqual([{ from: "b", to: "a" }]);
    expect(redirect({ ...led, ...redirect(led, "c", "a") }, "b", undefined)).toEqual({ redirects: [{ from: "c", to: "a" }] });
    expect(redirect(led, "b", undefined)).toEqual({ redirects: undefined });
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
