// Where one is, the way elsewhere, and who one is.
import { Link, useMatches } from "@tanstack/react-router";
import { ChevronRight, Menu as MenuIcon, Search } from "lucide-react";
import { Fragment } from "react";
import { frame as m } from "../messages/en/frame";
import { IconButton } from "../ui/Button";
import { Bell } from "./notifications/Bell";
import { PersonMenu } from "./PersonMenu";
import { Switcher } from "./Switcher";

export function TopBar({ narrow, onMenu, onPalette }: { narrow: boolean; onMenu: () => void; onPalette: () => void }) {
  return (
    <header className="sticky top-0 z-20 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-page px-2 md:px-4">
      {narrow && (
        <IconButton label={m.rail.open} onClick={onMenu}>
          <MenuIcon size={16} aria-hidden />
        </IconButton>
      )}
      <Switcher />
      {!narrow && <Breadcrumb />}
      <div className="ml-auto flex items-center gap-2">
        {narrow ? (
          <IconButton label={m.palette.open} onClick={onPalette}>
            <Search size={16} aria-hidden />
          </IconButton>
        ) : (
          <button
            type="button"
            onClick={onPalette}
            className="flex h-8 w-56 items-center gap-2 rounded-md border border-line bg-sunken px-2 text-muted hover:border-line-strong"
          >
            <Search size={14} aria-hidden />
            <span className="flex-1 text-left">{m.palette.open}</span>
            <kbd className="text-12">Ctrl K</kbd>
          </button>
        )}
        <Bell />
        <PersonMenu />
      </div>
    </header>
  );
}

/** From the words the matched routes give; `$name` takes that parameter. */
export function Breadcrumb() {
  const matches = useMatches();
  const crumbs = matches.flatMap((match) => {
    const crumb = match.staticData.crumb;
    if (!crumb) return [];
    const params = match.params as Record<string, string>;
    const label = typeof crumb === "function" ? crumb(params) : crumb.startsWith("$") ? params[crumb.slice(1)] : crumb;
    return label ? [{ label, to: match.pathname }] : [];
  });
  if (crumbs.length === 0) return null;
  return (
    <nav aria-label={m.breadcrumb} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.to}>
            <li aria-hidden className="text-muted">
              <ChevronRight size={14} />
            </li>
            <li className="min-w-0 truncate">
              {index === crumbs.length - 1 ? (
                <span aria-current="page">{crumb.label}</span>
              ) : (
                <Link to={crumb.to} className="rounded-sm text-muted hover:text-ink">
                  {crumb.label}
                </Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
