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
  /** `any`, `none`, or a model. */
  gpu?: string | undefined;
  target?: string | undefined;
  /** At most this much an hour, as text, because it stands in the address. */
  price?: string | undefined;
}

export const NO_FILTER: CardFilter = { search: undefined, category: undefined, kind: undefined, gpu: undefined, target: undefined, price: undefined };

const priceOf = (card: CatalogueCard) => Number(card.price_per_hour ?? 0);

function fitsGpu(card: CatalogueCard, gpu: string): boolean {
  const count = card.size?.gpu_count ?? 0;
  if (gpu === "none") return count === 0;
  return count > 0 && (gpu === "any" || card.size?.gpu_model === gpu);
}

/** Cards that have every word, and are what each filter asks for. */
export function filterCards(cards: CatalogueCard[], filter: CardFilter): CatalogueCard[] {
  const words = (filter.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    if (filter.kind && (card.kind === "ServiceProfile") !== (filter.kind === "services")) return false;
    if (filter.category && card.card.category !== filter.category) return false;
    if (filter.gpu && !fitsGpu(card, filter.gpu)) return false;
    if (filter.target && card.availability.target !== filter.target) return false;
    if (filter.price !== undefined && priceOf(card) > Number(filter.price)) return false;
    const text = [card.title, card.name, card.description, card.card.category, ...(card.card.tags ?? [])].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const sorted = (words: (string | undefined)[]) => [...new Set(words.filter((word) => word !== undefined && word !== ""))].sort((a, b) => String(a).localeCompare(String(b))) as string[];

/** What the filters offer: only what tells cards apart. */
export function filterOptions(cards: CatalogueCard[]) {
  const prices = sorted(cards.map((card) => String(priceOf(card)))).map(Number);
  const [lowest, highest] = [Math.min(...prices), Math.max(...prices)];
  return {
    categories: sorted(cards.map((card) => card.card.category)),
    gpuModels: sorted(cards.map((card) => ((card.size?.gpu_count ?? 0) > 0 ? card.size?.gpu_model : undefined))),
    hasGpus: cards.some((card) => (card.size?.gpu_count ?? 0) > 0),
    targets: sorted(cards.map((card) => card.availability.target)),
    prices: PRICE_STEPS.filter((step) => step >= lowest && step < highest),
    currency: cards[0]?.currency ?? "",
  };
}

/** Per hour, from nothing to a machine full of GPUs. */
const PRICE_STEPS = [0, 0.1, 0.5, 1, 2.5, 5, 10, 25, 50];
