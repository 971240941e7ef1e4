// A menu of actions behind a button.
import { Menu as Base } from "@base-ui/react/menu";
import { Ellipsis } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";
import { IconButton } from "./Button";

export type MenuEntry =
  | { label: string; icon?: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean; hint?: string; checked?: boolean }
  | "separator"
  | { heading: string };

export function Menu({ trigger, entries, align = "end" }: { trigger: ReactElement; entries: MenuEntry[]; align?: "start" | "end" }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className="min-w-44 rounded-md border border-line bg-raised p-1 shadow-float outline-none">
            {entries.map((entry, index) => {
              if (entry === "separator") return <Base.Separator key={index} className="my-1 h-px bg-line" />;
              if ("heading" in entry)
                return (
                  <div key={index} className="px-2 pt-1.5 pb-1 text-12 text-muted">
                    {entry.heading}
                  </div>
                );
              return (
                <Base.Item
                  key={index}
                  disabled={entry.disabled ?? false}
                  onClick={entry.onSelect}
                  className={cx(
                    "flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1.5 outline-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover",
                    entry.danger && "text-failed",
                  )}
                >
                  {entry.icon}
                  <span className="flex-1">{entry.label}</span>
                  {entry.checked && <span aria-label={m.chosen}>✓</span>}
                  {entry.hint && <span className="text-12 text-muted">{entry.hint}</span>}
                </Base.Item>
              );
            })}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** The three dots at the end of a row or header. */
export function MoreMenu({ entries, label = m.more }: { entries: MenuEntry[]; label?: string }) {
  return (
    <Menu
      entries={entries}
      trigger={
        <IconButton label={label} size="small">
          <Ellipsis size={16} aria-hidden />
        </IconButton>
      }
    />
  );
}
