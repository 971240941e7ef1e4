// Which columns show, which rows are selected, and which row the keyboard is on.
import { type KeyboardEvent, useMemo, useState } from "react";
import { readSetting, writeSetting } from "../lib/storage";

/** The hidden columns of a table, kept per browser. */
export function useHiddenColumns(tableId: string, initiallyHidden: string[]) {
  const [hidden, setHidden] = useState<Set<string>>(() => {
    const stored = readSetting(`columns.${tableId}`);
    return new Set(stored === undefined ? initiallyHidden : stored.split(",").filter(Boolean));
  });
  const toggle = (column: string) => {
    const next = new Set(hidden);
    if (!next.delete(column)) next.add(column);
    setHidden(next);
    writeSetting(`columns.${tableId}`, [...next].join(","));
  };
  return { hidden, toggle };
}

/** Selected rows by id; ids that left the list no longer count. */
export function useSelection(ids: string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = useMemo(() => new Set(ids.filter((id) => chosen.has(id))), [ids, chosen]);
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const toggleAll = () => setChosen(selected.size === ids.length ? new Set() : new Set(ids));
  return { selected, toggle, toggleAll, clear: () => setChosen(new Set()) };
}

/** j/k and arrows move, Home and End jump, Enter opens, x selects. Returns handlers for the rows' container. */
export function useRowKeys(count: number, actions: { open?: (index: number) => void; select?: (index: number) => void; reveal: (index: number) => void }) {
  const [current, setCurrent] = useState(0);
  const index = Math.min(current, Math.max(0, count - 1));
  const move = (to: number) => {
    const next = Math.max(0, Math.min(count - 1, to));
    setCurrent(next);
    actions.reveal(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.metaKey || event.ctrlKey || event.altKey || target.matches("input:not([type=checkbox]), textarea, select")) return;
    const onRow = target.matches("[data-row]");
    const steps: Record<string, number> = { j: index + 1, k: index - 1, Home: 0, End: count - 1 };
    if (onRow) Object.assign(steps, { ArrowDown: index + 1, ArrowUp: index - 1 });
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "x" && actions.select && count > 0) {
      event.preventDefault();
      actions.select(index);
    } else if (event.key === "Enter" && onRow && actions.open) {
      event.preventDefault();
      actions.open(index);
    }
  };
  return { index, setCurrent, onKeyDown };
}

/** Sorts rows that are all here; `value` gives what a column sorts by. */
export function sortRows<T>(rows: T[], value: ((row: T) => string | number | undefined) | undefined, descending: boolean): T[] {
  if (!value) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return 0;
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    return typeof x === "number" && typeof y === "number" ? (x - y) * sign : String(x).localeCompare(String(y)) * sign;
  });
}
