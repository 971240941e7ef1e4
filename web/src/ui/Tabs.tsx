// Tabs that are links: which one is open stands in the address, and so survives a reload.
import { Link } from "@tanstack/react-router";
import { cx } from "./cx";

export interface TabLink {
  /** The tab's absolute path. */
  to: string;
  label: string;
  count?: number;
  /** Also current for pages below it. */
  deep?: boolean;
}

export function Tabs({ tabs, label }: { tabs: TabLink[]; label: string }) {
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          activeOptions={{ exact: !tab.deep, includeSearch: false }}
          className="-mb-px flex items-center gap-1 border-b-2 px-3 py-2 whitespace-nowrap focus-visible:-outline-offset-2"
          activeProps={{ className: "border-accent font-medium text-ink", "aria-current": "page" }}
          inactiveProps={{ className: "border-transparent text-muted hover:text-ink" }}
        >
          {tab.label}
          {tab.count !== undefined && <span className={cx("text-12 text-muted")}>{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

/** A small switch between a few views of the same thing, for state that is not worth an address of its own. */
export function Segmented<T extends string>({
  value,
  onChange,
  options,
  label,
}: {
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string }[];
  label: string;
}) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded-md border border-line-strong/60 p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx("rounded-sm px-2 py-0.5", option.value === value ? "bg-accent-soft font-medium text-accent-ink" : "text-muted hover:text-ink")}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
