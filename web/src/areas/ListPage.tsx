// A page that lists one kind of object: heading, search and order in the address, table, and the button that makes another.
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useList } from "../api/hooks";
import { useWatch } from "../api/live";
import type { Kind, KindMap, Scope } from "../api/types";
import { useDebounced, useTitle } from "../lib/hooks";
import { rowId, rowName } from "../lib/rows";
import { useSearchState } from "../lib/search-state";
import { Button } from "../ui/Button";
import { type Column, DataTable } from "../ui/DataTable";
import { PageBody, PageHeader } from "../ui/Page";

/** The words of such a page. */
export interface ListWords {
  title: string;
  text: string;
  search: string;
  new: string;
  empty: { title: string; text?: string };
}

export interface ListPageProps<K extends Kind> {
  kind: K;
  scope: Scope;
  /** Names the table, for its stored columns. */
  id: string;
  words: ListWords;
  columns: Column<KindMap[K]>[];
  icon?: ReactNode;
  /** Makes another one; absent where the person may not. */
  onNew?: (() => void) | undefined;
  onOpen?: ((row: KindMap[K]) => void) | undefined;
  rowActions?: (row: KindMap[K]) => ReactNode;
  /** What stands beside the button that makes another. */
  actions?: ReactNode;
  /** Dialogs of the page. */
  children?: ReactNode;
}

export function ListPage<K extends Kind>({ kind, scope, id, words, columns, icon, onNew, onOpen, rowActions, actions, children }: ListPageProps<K>) {
  useTitle(words.title);
  const [search, setSearch] = useSearchState<"search" | "sort">();
  const settled = useDebounced(search.search, 200);
  const sort = search.sort ?? "name";
  const list = useList(kind, scope, { sort, ...(settled ? { search: settled } : {}) });
  useWatch([kind], scope);
  const make = onNew && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={onNew}>
      {words.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={words.title} description={words.text} actions={(actions || make) && <>{actions}{make}</>} />
      <DataTable
        id={id}
        label={words.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        {...(onOpen ? { onOpen } : {})}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: words.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        sort={sort}
        onSort={(next) => setSearch({ sort: next })}
        empty={{ ...words.empty, action: make, icon }}
        {...(rowActions ? { rowActions } : {})}
      />
      {children}
    </PageBody>
  );
}
