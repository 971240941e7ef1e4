// People who may sign in.
import { Link, useNavigate } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { User } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { rowId, rowName } from "../../../lib/rows";
import { adminPaths } from "../paths";
import { NewUser } from "./NewUser";
import { UserState } from "./state";

export function Users() {
  useTitle(m.users.title);
  const { org } = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions({});
  const [search, setSearch] = useSearchState<"search" | "sort">();
  const settled = useDebounced(search.search, 200);
  const list = useList("User", {}, { search: settled, sort: search.sort ?? "name" });
  useWatch(["User"], {});
  const [making, setMaking] = useState(false);
  const columns: Column<User>[] = [
    {
      id: "name",
      header: m.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={adminPaths.user({ org }, row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "email", header: m.users.email, cell: (row) => row.spec.email },
    { id: "state", header: m.users.state, cell: (row) => <UserState user={row} /> },
    { id: "signed-in", header: m.users.lastSignIn, cell: (row) => (row.status.last_signed_in_at ? <RelativeTime at={row.status.last_signed_in_at} /> : m.users.never) },
    { id: "created", header: m.common.created, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  const add = can("user.create") && (
    <Button variant="primary" icon={<UserPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.users.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.users.title} description={m.users.text} actions={add} />
      <DataTable
        id="users"
        label={m.users.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: adminPaths.user({ org }, row.metadata.name) })}
        error={list.error}
        onRetry={list.refetch}
        total={list.total}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.users.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        sort={search.sort ?? "name"}
        onSort={(sort) => setSearch({ sort })}
        empty={{ ...m.users.empty, action: add }}
      />
      {making && <NewUser onClose={() => setMaking(false)} />}
    </PageBody>
  );
}
