// An organization's accent over the console's own colours.
import { useEffect } from "react";
import type { Look, Tones } from "../api/look";

const HEX = /^#[0-9a-f]{6}$/;

/** The colours as custom properties; nothing where one is no colour. */
export function properties(tones: Tones): Record<string, string> {
  const pairs = Object.entries(tones).map(([name, value]) => [`--${name.replace(/_/g, "-")}`, value] as const);
  return pairs.every(([, value]) => HEX.test(value)) ? Object.fromEntries(pairs) : {};
}

const rule = (selector: string, tones: Tones) =>
  `${selector} { ${Object.entries(properties(tones)).map(([name, value]) => `${name}: ${value};`).join(" ")} }`;

/** The sheet that puts an accent over the console's own, in light and dark as the console tells them apart. */
export function accentSheet({ light, dark }: NonNullable<Look["accent"]>): string {
  return [
    rule(":root", light),
    `@media (prefers-color-scheme: dark) { ${rule(':root:not([data-theme="light"])', dark)} }`,
    rule(':root[data-theme="dark"]', dark),
  ].join("\n");
}

/** Shows the page in an organization's accent for as long as the component is there. */
export function useAccent(accent: Look["accent"]): void {
  const text = accent ? accentSheet(accent) : "";
  useEffect(() => {
    if (text === "") return undefined;
    // The content security policy allows no style elements; a sheet made by a program is none.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  }, [text]);
}
