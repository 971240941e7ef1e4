// The organization's projects.
import { Link, useNavigate } from "@tanstack/react-router";
import { FolderClosed, Plus } from "lucide-react";
import { useState } from "react";
import { useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Project } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { rowId, rowName } from "../bindings/roles";
import { adminPaths } from "../paths";
import { NewProject } from "./NewProject";

export function Projects() {
  useTitle(m.projects.title);
  const { org } = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions({ org });
  const [search, setSearch] = useSearchState<"search" | "sort">();
  const settled = useDebounced(search.search, 200);
  const list = useList("Project", { org }, { search: settled, sort: search.sort ?? "name" });
  useWatch(["Project"], { org });
  const [making, setMaking] = useState(false);

  const columns: Column<Project>[] = [
    {
      id: "name",
      header: m.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={adminPaths.project({ org }, row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "description", header: m.common.description, cell: (row) => row.metadata.description || m.common.none },
    { id: "contact", header: m.projects.contact, cell: (row) => row.spec.contact || m.common.none },
    { id: "created", header: m.common.created, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  const add = can("project.create") && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.projects.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.projects.title} description={m.projects.text} actions={add} />
      <DataTable
        id="projects"
        label={m.projects.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: adminPaths.project({ org }, row.metadata.name) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.projects.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        sort={search.sort ?? "name"}
        onSort={(sort) => setSearch({ sort })}
        empty={{ ...m.projects.empty, action: add, icon: <FolderClosed size={28} aria-hidden /> }}
      />
      {making && <NewProject org={org} onClose={() => setMaking(false)} />}
    </PageBody>
  );
}
