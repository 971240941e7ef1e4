import { describe, expect, it } from "vitest";
import type { Field, FormField } from "../api/types";
import { givenValues, joinDuration, joinSize, labelOf, limitsText, lockText, parseNumber, presetApplies, splitDuration, splitSize, valueText } from "./values";

const GIB = 2 ** 30;
const plain = (text: string | undefined) => text?.replace(/\u00a0/g, " ");
const field = (more: Partial<Field>): Field => ({ name: "home_disk", type: "size", ...more });

describe("amounts with units", () => {
  it("splits into the largest unit that keeps the value exact", () => {
    expect(splitSize(20 * GIB)).toEqual({ amount: "20", unit: "GiB" });
    expect(splitSize(1.5 * GIB)).toEqual({ amount: "1.5", unit: "GiB" });
    expect(splitSize(1536 * GIB)).toEqual({ amount: "1.5", unit: "TiB" });
    expect(splitSize(1000 * 2 ** 20)).toEqual({ amount: "1000", unit: "MiB" });
    expect(splitSize(undefined)).toEqual({ amount: "", unit: "GiB" });
    expect(splitDuration(7_200)).toEqual({ amount: "2", unit: "h" });
    expect(splitDuration(5_400)).toEqual({ amount: "1.5", unit: "h" });
    expect(splitDuration(61)).toEqual({ amount: "61", unit: "s" });
  });

  it("comes back to the same value", () => {
    for (const bytes of [0, 1, 2 ** 20 + 1, 512 * 2 ** 20, 20 * GIB, 7.25 * GIB]) expect(joinSize(splitSize(bytes)), String(bytes)).toBe(bytes);
    for (const seconds of [0, 1, 61, 600, 5_400, 86_400]) expect(joinDuration(splitDuration(seconds)), String(seconds)).toBe(seconds);
  });

  it("sends nothing for nothing, and what is no number as it is", () => {
    expect(joinSize({ amount: " ", unit: "GiB" })).toBeNull();
    expect(joinSize({ amount: "many", unit: "GiB" })).toBe("many");
    expect(joinSize({ amount: "1,5", unit: "GiB" })).toBe(1.5 * GIB);
    expect(parseNumber("")).toBeNull();
    expect(parseNumber(" 12 ")).toBe(12);
    expect(parseNumber("12x")).toBe("12x");
  });
});

describe("words", () => {
  it("labels a field by its name where it has no label", () => {
    expect(labelOf(field({}))).toBe("Home disk");
    expect(labelOf(field({ label: "Volume" }))).toBe("Volume");
  });

  it("tells limits and values in the field's unit", () => {
    expect(plain(limitsText(field({ min: 5 * GIB, max: 500 * GIB })))).toBe("5 GiB to 500 GiB");
    expect(plain(limitsText(field({ type: "duration", max: 7_200 })))).toBe("at most 2 h");
    expect(limitsText(field({ type: "integer", min: 0 }))).toBe("at least 0");
    expect(limitsText(field({ type: "text" }))).toBeUndefined();
    expect(valueText(field({ type: "choice", choices: [{ value: "a", label: "First" }] }), "a")).toBe("First");
    expect(valueText(field({ type: "key_value" }), { A: "1" })).toBe("A=1");
    expect(valueText(field({ type: "boolean" }), false)).toBe("No");
    expect(valueText(field({ sensitive: true, type: "text" }), { sealed: true })).not.toContain("sealed");
  });

  it("says who locked a field and why", () => {
    const locked: FormField = { ...field({}), locked: true, locked_by: "profile", locked_reason: "GPUs are scarce" };
    expect(lockText(locked)).toBe("Set by the profile: GPUs are scarce");
    expect(lockText({ ...locked, locked: false })).toBeUndefined();
  });
});

describe("values", () => {
  it("knows whether a preset stands", () => {
    const preset = { name: "p", values: { disk: 10, list: ["a"] } };
    expect(presetApplies(preset, { disk: 10, list: ["a"], more: 1 })).toBe(true);
    expect(presetApplies(preset, { disk: 10, list: ["b"] })).toBe(false);
  });

  it("leaves out what was emptied, and keeps false and zero", () => {
    expect(givenValues({ a: null, b: "", c: false, d: 0, e: [] })).toEqual({ c: false, d: 0, e: [] });
  });
});
