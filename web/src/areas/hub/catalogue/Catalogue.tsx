import { useNavigate, useSearch } from "@tanstack/react-router";
import { LayoutGrid } from "lucide-react";
import type { CatalogueCard, Scope } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../../ui/Page";
import { sortCards, useRemembered } from "../remembered";
import { CardFilters } from "./CardFilters";
import { LinkedCard } from "./CardLink";
import { type CardFilter, NO_FILTER, filterCards, useCatalogue } from "./cards";

const m = hub.catalogue;

export function Catalogue() {
  useTitle(m.title);
  const scope = useProjectScope();
  const search = useSearch({ from: "/app/orgs/$org/projects/$project/catalogue" });
  const navigate = useNavigate();
  const cards = useCatalogue(scope);
  const setFilter = (change: CardFilter) =>
    void navigate({ to: ".", search: { ...search, ...change }, replace: true, resetScroll: false });
  const shown = cards.data && filterCards(cards.data, search);

  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} />
      <CardFilters filter={search} cards={cards.data ?? []} setFilter={setFilter}>
        {shown && (
          <span role="status" className="ml-auto text-12 text-muted">
            {m.count(shown.length)}
          </span>
        )}
      </CardFilters>
      {cards.error && !cards.data ? (
        <ErrorPanel error={cards.error} onRetry={() => void cards.refetch()} />
      ) : !shown ? (
        <div aria-busy="true" className={GRID}>
          {Array.from({ length: 6 }, (_, i) => (
            <div key={i} className="rounded-md border border-line p-4">
              <Skeleton lines={6} />
            </div>
          ))}
        </div>
      ) : cards.data?.length === 0 ? (
        <EmptyState icon={<LayoutGrid size={28} aria-hidden />} title={m.empty}>
          {m.emptyText}
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState title={m.noMatch} action={<Button onClick={() => setFilter(NO_FILTER)}>{m.clear}</Button>} />
      ) : (
        <Shelves cards={shown} scope={scope} workspace={search.workspace} />
      )}
    </PageBody>
  );
}

/** Marked cards first, then those launched last, then the rest; every card once. */
function Shelves({ cards, scope, workspace }: { cards: CatalogueCard[]; scope: Scope; workspace: string | undefined }) {
  const { preferences } = useRemembered(scope);
  const { favourites, recent, others } = sortCards(cards, scope, preferences, RECENT_SHOWN);
  const own = favourites.length === 0 ? m.recent : recent.length === 0 ? m.favourites : m.favouritesAndRecent;
  const shelves = [
    { title: own, cards: [...favourites, ...recent] },
    { title: favourites.length + recent.length > 0 ? m.others : undefined, cards: others },
  ].filter((shelf) => shelf.cards.length > 0);
  return shelves.map((shelf) => (
    <Section key={shelf.title ?? ""} title={shelf.title}>
      <ul className={GRID}>
        {shelf.cards.map((card) => (
          <li key={`${card.kind}/${card.project}/${card.name}`}>
            <LinkedCard card={card} scope={scope} workspace={workspace} heading={shelf.title ? "h3" : "h2"} />
          </li>
        ))}
      </ul>
    </Section>
  ));
}

const RECENT_SHOWN = 3;
export const GRID = "grid gap-4 sm:grid-cols-[repeat(auto-fill,minmax(300px,1fr))]";
