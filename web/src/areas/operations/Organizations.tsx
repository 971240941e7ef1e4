// Tenants of the platform.
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, Plus } from "lucide-react";
import { useState } from "react";
import { useList } from "../../api/hooks";
import { useWatch } from "../../api/live";
import { usePermissions } from "../../api/session";
import type { Organization } from "../../api/types";
import { useDebounced, useTitle } from "../../lib/hooks";
import { paths } from "../../lib/paths";
import { useSearchState } from "../../lib/search-state";
import { admin } from "../../messages/en/admin";
import { operations as m } from "../../messages/en/operations";
import { Button, buttonClass } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { PageBody, PageHeader } from "../../ui/Page";
import { RelativeTime } from "../../ui/Time";
import { rowId, rowName } from "../admin/bindings/roles";
import { NewOrganization } from "./NewOrganization";

export const organizationPath = (name: string) => `${paths.operations()}/orgs/${encodeURIComponent(name)}`;

export function Organizations() {
  useTitle(m.title);
  const navigate = useNavigate();
  const { can } = usePermissions({});
  const [search, setSearch] = useSearchState<"search" | "sort">();
  const settled = useDebounced(search.search, 200);
  const list = useList("Organization", {}, { search: settled, sort: search.sort ?? "name" });
  useWatch(["Organization"], {});
  const [making, setMaking] = useState(false);
  const columns: Column<Organization>[] = [
    {
      id: "name",
      header: admin.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={organizationPath(row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "description", header: admin.common.description, cell: (row) => row.metadata.description || admin.common.none },
    { id: "currency", header: m.currency, cell: (row) => row.spec.currency },
    { id: "created", header: admin.common.created, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  const add = can("organization.create") && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.new}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} actions={add} />
      <DataTable
        id="organizations"
        label={m.title}
        columns={columns}
        rows={list.items}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: organizationPath(row.metadata.name) })}
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
        empty={{ ...m.empty, action: add, icon: <Building2 size={28} aria-hidden /> }}
        rowActions={(row) => (
          <Link to={paths.admin({ org: row.metadata.name })} className={buttonClass("quiet", "small")}>
            {m.administer}
          </Link>
        )}
      />
      {making && <NewOrganization onClose={() => setMaking(false)} />}
    </PageBody>
  );
}
