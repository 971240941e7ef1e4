// The cards a person launched last in a project, kept per browser.
import type { CatalogueCard, Scope } from "../../api/types";
import { readSetting, writeSetting } from "../../lib/storage";

export interface RecentCard {
  kind: "ComputeProfile" | "ServiceProfile";
  name: string;
  project: string;
}

const KEPT = 6;
const key = (scope: Scope) => `recent.${scope.org ?? ""}/${scope.project ?? ""}`;
const word = (card: RecentCard) => `${card.kind}/${card.project}/${card.name}`;

export function recentCards(scope: Scope): RecentCard[] {
  return (readSetting(key(scope)) ?? "")
    .split(",")
    .map((text) => text.split("/"))
    .filter(([kind, project, name]) => (kind === "ComputeProfile" || kind === "ServiceProfile") && project && name)
    .map(([kind, project, name]) => ({ kind: kind as RecentCard["kind"], project: project ?? "", name: name ?? "" }));
}

export function rememberCard(scope: Scope, card: RecentCard): void {
  const others = recentCards(scope).filter((other) => word(other) !== word(card));
  writeSetting(key(scope), [card, ...others].slice(0, KEPT).map(word).join(","));
}

/** Recent cards that are still offered, newest first, filled up with what else is offered. */
export function quickCards(cards: CatalogueCard[], recent: RecentCard[], count: number): CatalogueCard[] {
  const find = (one: RecentCard) => cards.find((card) => card.kind === one.kind && card.project === one.project && card.name === one.name);
  const known = recent.map(find).filter((card) => card !== undefined);
  const rest = cards.filter((card) => !known.includes(card)).sort((a, b) => Number(b.kind === "ServiceProfile") - Number(a.kind === "ServiceProfile"));
  return [...known, ...rest].slice(0, count);
}
