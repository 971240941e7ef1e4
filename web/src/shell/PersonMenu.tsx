import { useNavigate } from "@tanstack/react-router";
import { BookOpen, KeyRound, LockKeyhole, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { useMe, useSignOut } from "../api/session";
import { paths } from "../lib/paths";
import { type Theme, applyTheme, currentTheme } from "../lib/theme";
import { frame as m } from "../messages/en/frame";
import { Menu } from "../ui/Menu";

export function PersonMenu() {
  const me = useMe();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [theme, setTheme] = useState<Theme>(currentTheme);
  if (!me) return null;
  const name = me.user.display_name || me.user.name;
  const initials = name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("")
    .toUpperCase();
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  const size = { size: 16, "aria-hidden": true } as const;
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-12 font-semibold text-accent-ink"
        >
          <span aria-hidden>{initials}</span>
          <span className="sr-only">{m.person.label(name)}</span>
        </button>
      }
      entries={[
        { heading: `${name} · ${me.user.email}` },
        { label: m.person.tokens, icon: <KeyRound {...size} />, onSelect: () => void navigate({ to: paths.tokens() }) },
        { label: m.person.password, icon: <LockKeyhole {...size} />, onSelect: () => void navigate({ to: paths.password() }) },
        { label: m.person.apiDocs, icon: <BookOpen {...size} />, onSelect: () => void window.open(new URL("docs", document.baseURI), "_blank", "noopener") },
        "separator",
        { heading: m.person.theme },
        { label: m.person.themes.system, icon: <Monitor {...size} />, checked: theme === "system", onSelect: () => choose("system") },
        { label: m.person.themes.light, icon: <Sun {...size} />, checked: theme === "light", onSelect: () => choose("light") },
        { label: m.person.themes.dark, icon: <Moon {...size} />, checked: theme === "dark", onSelect: () => choose("dark") },
        "separator",
        { label: m.person.signOut, icon: <LogOut {...size} />, onSelect: () => void signOut() },
        { heading: `${m.product} ${me.version}` },
      ]}
    />
  );
}
