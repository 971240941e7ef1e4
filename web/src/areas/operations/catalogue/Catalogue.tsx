// Which organizations may use the shipped profiles.
import { Share2 } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { SystemOffer, SystemProfile } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { useSearchState } from "../../../lib/search-state";
import { ui } from "../../../messages/en/ui";
import { offering as m } from "../../../messages/en/update";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { rowId, rowName } from "../../../lib/rows";
import { OfferDialog } from "./OfferDialog";

export const offeredTo = (offer: SystemOffer) => (offer.all_orgs ? m.all : (offer.orgs ?? []).length === 0 ? m.none : m.some(offer.orgs?.length ?? 0));

export function Catalogue() {
  useTitle(m.title);
  const { can } = usePermissions({});
  const [search, setSearch] = useSearchState<"search">();
  const list = useAll("SystemProfile", {}, { sort: "name" });
  useWatch(["SystemProfile"], {});
  const [offering, setOffering] = useState<SystemProfile[]>();
  const needle = (search.search ?? "").toLowerCase();
  const rows = list.items?.filter((row) => `${row.metadata.name} ${rowName(row)}`.toLowerCase().includes(needle));
  const columns: Column<SystemProfile>[] = [
    {
      id: "profile",
      header: m.profile,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <span className="flex items-center gap-2">
          <ProfileIcon name={(row.spec.compute ?? row.spec.service)?.card.icon} />
          <span className="flex flex-col">
            {rowName(row)}
            <code className="font-normal text-muted">{row.metadata.name}</code>
          </span>
        </span>
      ),
    },
    { id: "kind", header: m.kind, sortValue: (row) => row.spec.workload, cell: (row) => (row.spec.workload === "service" ? ui.serviceProfile : ui.computeProfile) },
    { id: "version", header: m.version, cell: (row) => <code>{row.spec.version}</code> },
    {
      id: "offered",
      header: m.offered,
      sortValue: (row) => offeredTo(row.status.offer),
      cell: (row) => (
        <span>
          {offeredTo(row.status.offer)} <span className="text-muted">{!row.status.offer.all_orgs && row.status.offer.orgs?.join(", ")}</span>
        </span>
      ),
    },
  ];
  const may = can("system_profile.publish");
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} />
      <DataTable
        id="offered-catalogue"
        label={m.title}
        columns={columns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        error={list.error}
        onRetry={list.refetch}
        total={list.items?.length}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        empty={m.empty}
        {...(may
          ? {
              onOpen: (row: SystemProfile) => setOffering([row]),
              rowActions: (row: SystemProfile) => (
                <Button size="small" aria-label={`${m.change} ${rowName(row)}`} onClick={() => setOffering([row])}>
                  {m.change}
                </Button>
              ),
              bulkActions: (chosen: SystemProfile[]) => (
                <Button size="small" icon={<Share2 size={14} aria-hidden />} onClick={() => setOffering(chosen)}>
                  {m.change}
                </Button>
              ),
            }
          : {})}
      />
      {offering && <OfferDialog profiles={offering} onClose={() => setOffering(undefined)} />}
    </PageBody>
  );
}
