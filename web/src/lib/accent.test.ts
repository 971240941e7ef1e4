import { expect, it } from "vitest";
import { accentSheet, properties } from "./accent";

const tones = (accent: string) => ({ accent, accent_hover: "#222222", accent_soft: "#eeeeee", accent_ink: "#333333", on_accent: "#ffffff" });

it("puts the colours where the console's own are", () => {
  expect(properties(tones("#123456"))).toMatchObject({ "--accent": "#123456", "--on-accent": "#ffffff", "--accent-ink": "#333333" });
  const sheet = accentSheet({ light: tones("#123456"), dark: tones("#abcdef") });
  expect(sheet).toMatch(/^:root \{ --accent: #123456;/);
  expect(sheet.match(/--accent: #abcdef;/g)).toHaveLength(2);
});

it("takes nothing that is no colour", () => {
  expect(properties(tones("red; } body { display: none"))).toEqual({});
});
