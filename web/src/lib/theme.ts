// The chosen theme; public/theme.js applies it before the first paint.
import { readSetting, writeSetting } from "./storage";

export type Theme = "system" | "light" | "dark";

export function currentTheme(): Theme {
  const theme = readSetting("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function applyTheme(theme: Theme): void {
  writeSetting("theme", theme === "system" ? undefined : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
