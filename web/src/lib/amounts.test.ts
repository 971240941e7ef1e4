import { expect, it } from "vitest";
import { formatSizeInput, parseSizeInput } from "./amounts";

it("reads sizes with the server's units", () => {
  expect(parseSizeInput("20GiB")).toBe(20 * 2 ** 30);
  expect(parseSizeInput("1.5 GB")).toBe(1_500_000_000);
  expect(parseSizeInput("1024")).toBe(1024);
  expect(parseSizeInput(" ")).toBeUndefined();
  for (const bad of ["GiB", "-1GB", "1 parsec", "1..2"]) expect(parseSizeInput(bad)).toBeNull();
});

it("writes sizes that read back to the same number", () => {
  for (const bytes of [0, 1, 1000, 2 ** 20, 1.5 * 2 ** 30, 2 ** 31, 123_456_789, 64 * 2 ** 30, 2 ** 40]) expect(parseSizeInput(formatSizeInput(bytes))).toBe(bytes);
  expect(formatSizeInput(2 ** 31)).toBe("2GiB");
});
