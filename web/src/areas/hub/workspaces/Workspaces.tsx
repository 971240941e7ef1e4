import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Boxes, Plus } from "lucide-react";
import { useState } from "react";
import { useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Workspace } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import type { ListSearch } from "../search";
import { NewWorkspace } from "./NewWorkspace";

const m = hub.workspaces;
const rowId = (row: Workspace) => row.metadata.uid;
const rowName = (row: Workspace) => row.metadata.display_name || row.metadata.name;

export function Workspaces() {
  useTitle(m.title);
  const scope = useProjectScope();
  const search = useSearch({ from: "/app/orgs/$org/projects/$project/workspaces/" });
  const navigate = useNavigate();
  const settled = useDebounced(search.search, 200);
  const sort = search.sort ?? "name";
  const list = useList("Workspace", scope, { sort, ...(settled ? { search: settled } : {}) });
  useWatch(["Workspace"], scope);
  const { can } = usePermissions(scope);
  const [making, setMaking] = useState(false);
  const onSearch = (change: ListSearch) => void navigate({ to: ".", search: { ...search, ...change }, replace: true, resetScroll: false });

  const stopMaking = () => {
    setMaking(false);
    if (search.new) onSearch({ new: undefined });
  };

  const columns: Column<Workspace>[] = [
    {
      id: "name",
      header: m.columns.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <Link to={paths.workspace({ ...scope, workspace: row.metadata.name })} className="rounded-sm hover:underline">
          {rowName(row)}
          {row.metadata.display_name && <code className="ml-2 font-normal text-muted">{row.metadata.name}</code>}
        </Link>
      ),
    },
    { id: "description", header: m.columns.description, cell: (row) => <span className="text-muted">{row.metadata.description}</span> },
    { id: "created_by", header: m.columns.createdBy, cell: (row) => row.metadata.created_by },
    { id: "created", header: m.columns.created, align: "right", serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  const create = can("workspace.create") && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} actions={create} />
      <DataTable
        id="workspaces"
        label={m.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: paths.workspace({ ...scope, workspace: row.metadata.name }) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (text) => onSearch({ search: text || undefined }), label: m.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => onSearch({ search: undefined })}
        sort={sort}
        onSort={(next) => onSearch({ sort: next })}
        empty={{ title: m.empty, text: m.emptyText, action: create, icon: <Boxes size={28} aria-hidden /> }}
      />
      <NewWorkspace open={making || (search.new === true && can("workspace.create"))} onClose={stopMaking} scope={scope} />
    </PageBody>
  );
}
