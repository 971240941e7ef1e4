// The left rail: the areas a person may use, then the pages of the one they are in.
import { Link, useLocation } from "@tanstack/react-router";
import { ExternalLink, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { type Look } from "../api/look";
import { useMe, usePermissions } from "../api/session";
import { areaOf, areas } from "../areas";
import { useCurrentScope } from "../lib/scope";
import { frame as m } from "../messages/en/frame";
import { cx } from "../ui/cx";
import { IconButton } from "../ui/Button";
import { Tooltip } from "../ui/Tooltip";

export function Rail({ look, collapsed = false, onToggle }: { look: Look; collapsed?: boolean; onToggle?: () => void }) {
  const { pathname } = useLocation();
  const scope = useCurrentScope();
  const me = useMe();
  const current = areaOf(pathname);
  // Operations is about the whole installation, wherever one comes from, and needs no organization.
  const everywhere = current.name === "operations";
  const { can } = usePermissions(everywhere ? {} : scope, everywhere || Boolean(scope.org));
  const mine = areas.filter((area) => me?.areas.includes(area.name));
  const reachable = mine.filter((area) => area.name === "operations" || area.name === "developer_hub" || scope.org);
  const pages = scope.org || everywhere ? current.pages.filter((page) => !page.needs || page.needs.some(can)) : [];
  return (
    <nav
      aria-label={m.rail.label}
      className={cx("sticky top-0 flex h-dvh shrink-0 flex-col gap-4 overflow-y-auto border-r border-line bg-sunken p-2", collapsed ? "w-[52px]" : "w-60")}
    >
      <Link to="/" className="flex h-9 items-center gap-2.5 rounded-md px-2 text-16 font-semibold">
        {look.logo ? <img src={look.logo} alt="" className="max-h-7 max-w-20 shrink-0 rounded-sm bg-paper object-contain p-0.5" /> : <Mark />}
        {collapsed ? <span className="sr-only">{look.name || m.product}</span> : <span className="min-w-0 truncate">{look.name || m.product}</span>}
      </Link>
      {reachable.length > 1 && (
        <ul aria-label={m.rail.areas} className="flex flex-col gap-0.5">
          {reachable.map((area) => (
            <li key={area.name}>
              <Entry
                to={area.home(scope)}
                icon={area.icon}
                label={area.label}
                collapsed={collapsed}
                current={area.name === current.name ? "true" : undefined}
              />
            </li>
          ))}
        </ul>
      )}
      {pages.length > 0 && (
        <ul className={cx("flex flex-col gap-0.5", reachable.length > 1 && "border-t border-line pt-4")} aria-label={current.label}>
          {pages.map((page) => {
            const to = page.to(scope);
            const here = page.exact ? pathname === to || pathname === `${to}/` : pathname === to || pathname.startsWith(`${to}/`);
            return (
              <li key={to}>
                <Entry to={to} icon={page.icon} label={page.label} collapsed={collapsed} current={here ? "page" : undefined} />
              </li>
            );
          })}
        </ul>
      )}
      {!collapsed && (look.links?.length ?? 0) > 0 && (
        <ul aria-label={m.orgLinks} className="flex flex-col gap-0.5 border-t border-line pt-4">
          {look.links?.map((link) => (
            <li key={`${link.title} ${link.url}`}>
              <a
                href={link.url}
                target="_blank"
                rel="noopener noreferrer"
                className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted hover:bg-hover hover:text-ink"
              >
                <ExternalLink size={16} aria-hidden className="shrink-0" />
                <span className="truncate">{link.title}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {onToggle && (
        <div className="mt-auto">
          <IconButton label={collapsed ? m.rail.expand : m.rail.collapse} onClick={onToggle}>
            {collapsed ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
          </IconButton>
        </div>
      )}
    </nav>
  );
}

function Entry({
  to,
  icon: Icon,
  label,
  collapsed,
  current,
}: {
  to: string;
  icon: LucideIcon;
  label: string;
  collapsed: boolean;
  current: "page" | "true" | undefined;
}) {
  const link = (
    <Link
      to={to}
      // The router would call every page below an address current too; the rail knows better.
      activeOptions={{ exact: true }}
      aria-current={current}
      aria-label={collapsed ? label : undefined}
      className={cx(
        "flex h-8 items-center gap-2.5 rounded-md px-2.5",
        current === "page" && "bg-accent-soft font-medium text-accent-ink",
        current === "true" && "font-semibold text-ink",
        !current && "text-muted hover:bg-hover hover:text-ink",
      )}
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      {!collapsed && <span className="truncate">{label}</span>}
    </Link>
  );
  return collapsed ? (
    <Tooltip text={label} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-5 shrink-0 text-accent" aria-hidden>
      <rect width="32" height="32" rx="7" fill="currentColor" />
      <path d="M6.5 10l4.5 12 5-10 5 10 4.5-12" fill="none" className="stroke-on-accent" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
