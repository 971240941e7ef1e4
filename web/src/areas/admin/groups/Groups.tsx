// Groups of people: profiles are offered to them.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useDelete, useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Group } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin } from "../../../messages/en/admin";
import { groups as m } from "../../../messages/en/groups";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { rowId, rowName } from "../bindings/roles";
import { GroupDialog } from "./GroupDialog";

/** Names shown in a row; the count says how many there are. */
const NAMED = 4;

export function Groups() {
  useTitle(m.title);
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const [search, setSearch] = useSearchState<"search" | "sort">();
  const settled = useDebounced(search.search, 200);
  const list = useList("Group", { org }, { search: settled, sort: search.sort ?? "name" });
  useWatch(["Group"], { org });
  const remove = useDelete("Group");
  const [edited, setEdited] = useState<Group | "new">();
  const [doomed, setDoomed] = useState<Group>();
  const columns: Column<Group>[] = [
    {
      id: "name",
      header: admin.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          {rowName(row)}
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    {
      id: "members",
      header: m.members,
      cell: ({ spec: { members } }) =>
        members.length === 0 ? (
          <span className="text-muted">{m.nobody}</span>
        ) : (
          <span>
            {m.count(members.length)}{" "}
            <span className="text-muted">
              {members.slice(0, NAMED).join(", ")}
              {members.length > NAMED && "…"}
            </span>
          </span>
        ),
    },
    { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  const add = can("group.create") && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setEdited("new")}>
      {m.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} actions={add} />
      <DataTable
        id="groups"
        label={m.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        {...(can("group.update") ? { onOpen: (row: Group) => setEdited(row) } : {})}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        sort={search.sort ?? "name"}
        onSort={(sort) => setSearch({ sort })}
        empty={{ ...m.empty, action: add }}
        rowActions={(row) => (
          <MoreMenu
            label={m.actions(rowName(row))}
            entries={[
              { label: m.editDo, disabled: !can("group.update"), onSelect: () => setEdited(row) },
              { label: m.delete, danger: true, disabled: !can("group.delete"), onSelect: () => setDoomed(row) },
            ]}
          />
        )}
      />
      {edited && <GroupDialog org={org} group={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <ConfirmDialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={m.deleteTitle(doomed ? rowName(doomed) : "")}
        verb={m.deleteDo}
        onConfirm={async () => {
          if (!doomed) return;
          await remove.mutateAsync(doomed);
          toast(admin.common.deleted(rowName(doomed)));
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
