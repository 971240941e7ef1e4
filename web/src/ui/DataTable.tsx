// A table for any list: sticky header, sort, column choice, keyboard rows, selection, and a list on narrow screens.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useNarrow } from "../lib/hooks";
import { ui as m } from "../messages/en/ui";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";
import { SearchInput } from "./Field";
import { Menu } from "./Menu";
import { EmptyState, ErrorPanel } from "./Page";
import { NarrowRows } from "./NarrowRows";
import { sortRows, useHiddenColumns, useRowKeys, useSelection } from "./table-state";

export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Sorts by this value among the loaded rows; use `serverSort` when the server sorts. */
  sortValue?: (row: T) => string | number | undefined;
  /** The server's word for sorting by this column. */
  serverSort?: string;
  align?: "right";
  /** Not shown until chosen. */
  initiallyHidden?: boolean;
  /** The row's name: always shown, and the title of its entry in the narrow list. */
  primary?: boolean;
  /** A CSS width, such as `12rem`. */
  width?: string;
}

export interface DataTableProps<T> {
  /** Names the table: for screen readers, and as the key of stored column choices. */
  id: string;
  label: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  rowId: (row: T) => string;
  rowName: (row: T) => string;
  onOpen?: (row: T) => void;
  error?: unknown;
  onRetry?: () => void;
  total?: number | undefined;
  hasMore?: boolean;
  onMore?: () => void;
  isFetchingMore?: boolean;
  search?: { value: string; onChange: (value: string) => void; label: string };
  /** Controls beside the search. */
  filters?: ReactNode;
  /** Something is narrowed: an empty table then says so and offers to clear. */
  filtered?: boolean;
  onClearFilters?: () => void;
  /** The server's sort word, with `-` in front for descending. */
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  rowActions?: (row: T) => ReactNode;
  bulkActions?: (rows: T[], clear: () => void) => ReactNode;
  empty: { title: string; text?: string; action?: ReactNode; icon?: ReactNode };
}

const ROW_HEIGHT = 40;
/** Shorter lists are cheaper to lay out whole. */
const VIRTUAL_FROM = 100;

export function DataTable<T>(props: DataTableProps<T>) {
  const { columns, rows, rowId } = props;
  const narrow = useNarrow();
  const [localSort, setLocalSort] = useState<string>();
  const sort = props.onSort ? props.sort : localSort;
  const { hidden, toggle } = useHiddenColumns(props.id, columns.filter((c) => c.initiallyHidden).map((c) => c.id));
  const visible = columns.filter((column) => column.primary || !hidden.has(column.id));

  const sorted = useMemo(() => {
    if (!rows || props.onSort || !sort) return rows;
    const column = columns.find((c) => c.id === sort.replace(/^-/, ""));
    return sortRows(rows, column?.sortValue, sort.startsWith("-"));
  }, [rows, sort, columns, props.onSort]);
  const ids = useMemo(() => (sorted ?? []).map(rowId), [sorted, rowId]);
  const selection = useSelection(ids);
  const chosen = (sorted ?? []).filter((row) => selection.selected.has(rowId(row)));
  const setSort = props.onSort ?? setLocalSort;

  const toolbar = (
    <div className="flex flex-wrap items-center gap-2">
      {props.search && <SearchInput {...props.search} className="max-w-72" />}
      {props.filters}
      <div className="ml-auto flex items-center gap-2">
        {sorted && props.total !== undefined && sorted.length > 0 && (
          <span className="text-12 text-muted">{m.table.rows(sorted.length, props.total)}</span>
        )}
        {!narrow && (
          <Menu
            trigger={
              <IconButton label={m.table.columns}>
                <Columns3 size={16} aria-hidden />
              </IconButton>
            }
            entries={columns
              .filter((column) => !column.primary)
              .map((column) => ({ label: column.header, checked: !hidden.has(column.id), onSelect: () => toggle(column.id) }))}
          />
        )}
      </div>
    </div>
  );

  let body: ReactNode;
  if (props.error && !sorted) body = <ErrorPanel error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />;
  else if (sorted && sorted.length === 0)
    body = props.filtered ? (
      <EmptyState title={m.table.noMatch} action={props.onClearFilters && <Button onClick={props.onClearFilters}>{m.table.clearFilters}</Button>}>
        {m.table.noMatchHelp}
      </EmptyState>
    ) : (
      <EmptyState title={props.empty.title} action={props.empty.action} icon={props.empty.icon}>
        {props.empty.text}
      </EmptyState>
    );
  else if (narrow) body = <NarrowRows {...props} columns={visible} rows={sorted} />;
  else body = <WideRows {...props} columns={visible} rows={sorted} sort={sort} setSort={setSort} selection={selection} />;

  // A short table without a search needs no choice of columns either.
  const showToolbar = props.search || props.filters;
  return (
    <div className="flex flex-col gap-3">
      {showToolbar && toolbar}
      {chosen.length > 0 && props.bulkActions && (
        <div role="region" aria-label={m.table.actions} className="flex flex-wrap items-center gap-2 rounded-md border border-line bg-accent-soft px-3 py-1.5">
          <span className="font-medium">{m.table.selected(chosen.length)}</span>
          {props.bulkActions(chosen, selection.clear)}
          <Button size="small" variant="quiet" onClick={selection.clear}>
            {m.table.clearSelection}
          </Button>
        </div>
      )}
      {body}
      {props.hasMore && sorted && sorted.length > 0 && (
        <Button onClick={props.onMore} busy={props.isFetchingMore ?? false} className="self-center">
          {m.table.loadMore}
        </Button>
      )}
    </div>
  );
}

type WideProps<T> = DataTableProps<T> & {
  sort: string | undefined;
  setSort: (sort: string | undefined) => void;
  selection: ReturnType<typeof useSelection>;
};

function WideRows<T>({ columns, rows, rowId, rowName, sort, setSort, selection, ...props }: WideProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const count = rows?.length ?? 0;
  const virtual = count >= VIRTUAL_FROM;
  const virtualizer = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12, enabled: virtual });
  const keyboard = useRowKeys(count, {
    ...(props.onOpen ? { open: (i) => rows?.[i] && props.onOpen?.(rows[i]) } : {}),
    ...(props.bulkActions ? { select: (i) => rows?.[i] && selection.toggle(rowId(rows[i])) } : {}),
    reveal: (i) => {
      if (virtual) virtualizer.scrollToIndex(i);
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${i}"]`)?.focus());
    },
  });
  const { hasMore, isFetchingMore, onMore } = props;
  const items = virtual ? virtualizer.getVirtualItems() : undefined;
  const last = items?.at(-1)?.index;
  useEffect(() => {
    if (last !== undefined && last >= count - 10 && hasMore && !isFetchingMore) onMore?.();
  }, [last, count, hasMore, isFetchingMore, onMore]);

  const selectable = props.bulkActions !== undefined;
  const width = columns.length + (selectable ? 1 : 0) + (props.rowActions ? 1 : 0);
  const indices = items ? items.map((item) => item.index) : Array.from({ length: count }, (_, i) => i);
  const before = items?.[0]?.start ?? 0;
  const after = items ? virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0) : 0;

  return (
    <div ref={scroller} onKeyDown={keyboard.onKeyDown} className={cx("overflow-auto rounded-md border border-line", virtual && "max-h-[calc(100dvh-260px)] min-h-80")}>
      <table className="w-full border-separate border-spacing-0" aria-label={props.label} aria-rowcount={props.total ?? count} aria-busy={rows === undefined}>
        <thead>
          <tr>
            {selectable && (
              <th scope="col" className={cx(HEAD, "w-9")}>
                <input
                  type="checkbox"
                  aria-label={m.table.selectAll}
                  className="size-4 accent-accent align-middle"
                  checked={count > 0 && selection.selected.size === count}
                  ref={(box) => {
                    if (box) box.indeterminate = selection.selected.size > 0 && selection.selected.size < count;
                  }}
                  onChange={selection.toggleAll}
                />
              </th>
            )}
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} setSort={setSort} server={props.onSort !== undefined} />
            ))}
            {props.rowActions && (
              <th scope="col" className={cx(HEAD, "w-10")}>
                <span className="sr-only">{m.table.actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows === undefined &&
            Array.from({ length: 6 }, (_, i) => (
              <tr key={i} aria-hidden>
                <td colSpan={width} className={CELL}>
                  <div className="skeleton h-4" style={{ width: `${80 - i * 7}%` }} />
                </td>
              </tr>
            ))}
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {indices.map((index) => {
            const row = rows?.[index];
            if (row === undefined) return null;
            const id = rowId(row);
            const chosen = selection.selected.has(id);
            return (
              <tr
                key={id}
                data-row={index}
                aria-rowindex={index + 2}
                aria-selected={selectable ? chosen : undefined}
                tabIndex={index === keyboard.index ? 0 : -1}
                onFocus={() => keyboard.setCurrent(index)}
                onClick={(event) => {
                  if (props.onOpen && !(event.target as HTMLElement).closest("a, button, input, [role=menu]") && !window.getSelection()?.toString()) props.onOpen(row);
                }}
                className={cx("group focus-visible:-outline-offset-2", props.onOpen && "cursor-pointer", chosen ? "bg-accent-soft" : "hover:bg-hover/60")}
              >
                {selectable && (
                  <td className={CELL}>
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      aria-label={m.table.selectRow(rowName(row))}
                      className="size-4 accent-accent align-middle"
                      checked={chosen}
                      onChange={() => selection.toggle(id)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.id} className={cx(CELL, column.align === "right" && "text-right", column.primary && "font-medium")}>
                    {column.cell(row)}
                  </td>
                ))}
                {props.rowActions && <td className={cx(CELL, "py-0 text-right")}>{props.rowActions(row)}</td>}
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

const HEAD = "sticky top-0 z-10 border-b border-line bg-sunken px-3 py-2 text-left text-12 font-medium text-muted whitespace-nowrap";
const CELL = "h-10 border-b border-line px-3 py-1.5 group-last:border-b-0 align-middle";

function HeadCell<T>({ column, sort, setSort, server }: { column: Column<T>; sort: string | undefined; setSort: (sort: string | undefined) => void; server: boolean }) {
  const word = server ? column.serverSort : column.sortValue && column.id;
  const direction = word && sort === word ? "ascending" : word && sort === `-${word}` ? "descending" : undefined;
  return (
    <th scope="col" aria-sort={direction} style={column.width ? { width: column.width } : undefined} className={cx(HEAD, column.align === "right" && "text-right")}>
      {word ? (
        <button
          type="button"
          className="-mx-1 inline-flex items-center gap-1 rounded-sm px-1 font-medium hover:text-ink"
          onClick={() => setSort(direction === "ascending" ? `-${word}` : direction === "descending" ? undefined : word)}
        >
          {column.header}
          {direction === "ascending" && <ArrowUp size={12} aria-hidden />}
          {direction === "descending" && <ArrowDown size={12} aria-hidden />}
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}
