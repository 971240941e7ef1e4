// A search box over a list of things to choose from, by keyboard or pointer. Palette and switcher are made of it.
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { cx } from "./cx";

export interface Command {
  id: string;
  label: string;
  group?: string;
  hint?: string;
  /** Also found by these words, which are not shown. */
  keywords?: string;
  icon?: ReactNode;
  current?: boolean;
  onSelect: () => void;
}

/** Every word of the query must occur somewhere; matches at the start of a word of the label come first. */
export function filterCommands(commands: Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  const score = (command: Command): number => {
    const label = command.label.toLowerCase();
    const all = `${label} ${command.hint ?? ""} ${command.group ?? ""} ${command.keywords ?? ""}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return -1;
    return words.reduce((sum, word) => sum + (label.startsWith(word) ? 3 : label.includes(` ${word}`) ? 2 : label.includes(word) ? 1 : 0), 0);
  };
  return commands
    .map((command) => ({ command, score: score(command) }))
    .filter((entry) => entry.score >= 0)
    .sort((a, b) => b.score - a.score)
    .map((entry) => entry.command);
}

export function CommandList({
  commands,
  placeholder,
  empty,
  busy,
  onQuery,
}: {
  commands: Command[];
  placeholder: string;
  empty: string;
  /** More is being looked for: said instead of `empty`. */
  busy?: string | undefined;
  onQuery?: (query: string) => void;
}) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => groupTogether(filterCommands(commands, query)), [commands, query]);
  const index = Math.min(active, shown.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [index]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive(Math.min(index + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setActive(Math.max(index - 1, 0));
    else if (event.key === "Enter") shown[index]?.onSelect();
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex min-h-0 flex-col">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[index] ? `${id}-${index}` : undefined}
        aria-label={placeholder}
        placeholder={placeholder}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
          onQuery?.(event.target.value);
        }}
        onKeyDown={onKeyDown}
        className="h-11 border-b border-line bg-transparent px-4 text-14 outline-none"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={placeholder} className="max-h-96 overflow-auto p-1">
        {shown.length === 0 && <p className="px-3 py-6 text-center text-muted">{busy ?? empty}</p>}
        {shown.map((command, i) => (
          <div key={command.id} role="presentation">
            {command.group && command.group !== shown[i - 1]?.group && (
              <div role="presentation" className="px-3 pt-2 pb-1 text-12 text-muted">
                {command.group}
              </div>
            )}
            <div
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === index}
              onPointerMove={() => setActive(i)}
              onClick={command.onSelect}
              className={cx("flex items-center gap-3 rounded-sm px-3 py-1.5", i === index && "bg-hover")}
            >
              <span className="text-muted">{command.icon}</span>
              <span className={cx("min-w-0 flex-1 truncate", command.current && "font-semibold")}>{command.label}</span>
              {command.hint && <span className="truncate text-12 text-muted">{command.hint}</span>}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Groups in the order of their best entry. */
function groupTogether(commands: Command[]): Command[] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    const key = command.group ?? "";
    groups.set(key, [...(groups.get(key) ?? []), command]);
  }
  return [...groups.values()].flat();
}
