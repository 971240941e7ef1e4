// The cards of a project, and which of them a person launched before.
import { useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { scopePath } from "../../../api/kinds";
import type { CatalogueCard, Scope } from "../../../api/types";

/** Availability changes by itself, so cards are read again now and then. */
export function useCatalogue(scope: Scope) {
  return useQuery({
    queryKey: ["catalogue", scope.org, scope.project],
    queryFn: ({ signal }) => api.get<{ items: CatalogueCard[] }>(`${scopePath({ org: scope.org, project: scope.project })}/catalogue`, undefined, signal),
    select: (answer) => answer.items,
    refetchInterval: 20_000,
    enabled: Boolean(scope.org && scope.project),
  });
}

/** What the launch page has to know beside its address. */
export function launchSearch(card: CatalogueCard, project: string | undefined, workspace?: string) {
  return { home: card.project && card.project !== project ? card.project : undefined, workspace };
}

export interface CardFilter {
  search?: string | undefined;
  category?: string | undefined;
  kind?: "compute" | "services" | undefined;
}

/** Cards that have every word, in the category and of the kind. */
export function filterCards(cards: CatalogueCard[], filter: CardFilter): CatalogueCard[] {
  const words = (filter.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    if (filter.kind && (card.kind === "ServiceProfile") !== (filter.kind === "services")) return false;
    if (filter.category && card.card.category !== filter.category) return false;
    const text = [card.title, card.name, card.description, card.card.category, ...(card.card.tags ?? [])].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Every category there is, in order. */
export function categoriesOf(cards: CatalogueCard[]): string[] {
  return [...new Set(cards.map((card) => card.card.category ?? "").filter(Boolean))].sort((a, b) => a.localeCompare(b));
}
