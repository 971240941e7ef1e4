// What developers of this project find in their catalogue, wherever it comes from.
import { Link } from "@tanstack/react-router";
import { LayoutGrid } from "lucide-react";
import { usePermissions } from "../../../api/session";
import type { CatalogueCard } from "../../../api/types";
import { formatMoney } from "../../../lib/format";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { nav } from "../../../messages/en/nav";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { buttonClass } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { AvailabilityBadge } from "../../../ui/ProfileCard";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { Tag } from "../../../ui/StateBadge";
import { filterCards, useCatalogue } from "../../hub/catalogue/cards";
import { studioPaths } from "../paths";
import { ManageFrame } from "./ManageFrame";

const m = studio.manage.offered;
const cardId = (card: CatalogueCard) => `${card.kind}/${card.project}/${card.name}`;

export function Offered() {
  const scope = useProjectScope();
  const { can } = usePermissions(scope);
  const [search, setSearch] = useSearchState<"search">();
  const query = useCatalogue(scope);
  const rows = query.data && filterCards(query.data, { search: search.search });
  const columns: Column<CatalogueCard>[] = [
    {
      id: "name",
      header: m.name,
      primary: true,
      sortValue: (row) => row.title,
      cell: (row) => (
        <span className="flex items-center gap-3">
          <ProfileIcon name={row.card.icon} org={scope.org} size={24} />
          {can("compute_profile.update") ? (
            <Link to={studioPaths.profile({ org: scope.org, project: row.project }, row.kind, row.name)} className="rounded-sm hover:underline">
              {row.title}
            </Link>
          ) : (
            row.title
          )}
        </span>
      ),
    },
    { id: "kind", header: m.kind, sortValue: (row) => row.kind, cell: (row) => <Tag>{row.kind === "ServiceProfile" ? ui.serviceProfile : ui.computeProfile}</Tag> },
    { id: "home", header: m.home, sortValue: (row) => row.project, cell: (row) => <code>{row.project}</code> },
    { id: "version", header: m.version, align: "right", cell: (row) => row.generation },
    {
      id: "price",
      header: m.price,
      align: "right",
      sortValue: (row) => Number(row.price_per_hour ?? 0),
      cell: (row) => (row.price_per_hour === undefined || row.price_per_hour === null ? ui.noPrice : ui.perHour(formatMoney(row.price_per_hour, row.currency))),
    },
    { id: "availability", header: m.availability, cell: (row) => <AvailabilityBadge availability={row.availability} /> },
  ];
  return (
    <ManageFrame>
      <DataTable
        id="offered"
        label={studio.manage.tabs.offered}
        columns={columns}
        rows={rows}
        rowId={cardId}
        rowName={(row) => row.title}
        error={query.error}
        onRetry={() => void query.refetch()}
        total={query.data?.length}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
        filtered={Boolean(search.search)}
        onClearFilters={() => setSearch({ search: "" })}
        empty={{
          ...m.empty,
          icon: <LayoutGrid size={28} aria-hidden />,
          action: (
            <Link to={studioPaths.systemProfiles(scope)} className={buttonClass("primary")}>
              {nav.studio.systemProfiles}
            </Link>
          ),
        }}
      />
    </ManageFrame>
  );
}
