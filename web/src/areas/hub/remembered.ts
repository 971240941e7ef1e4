// What a person marked, launched last and answered there, from their preferences.
import { useChangePreferences, usePreferences } from "../../api/preferences";
import type { CatalogueCard, FormAnswer, Scope } from "../../api/types";
import type { CardKey, Preferences, RememberedAnswers } from "../../api/types-people";
import type { LaunchDraft } from "./launch/draft";
import { sharedAnswers } from "./launch/start";

const RECENT_KEPT = 12;
const ANSWERS_KEPT = 20;
/** The server keeps 64 KiB for a person; answers must leave room for the rest. */
const ANSWERS_LENGTH = 40_000;

export interface CardPlace {
  kind: "ComputeProfile" | "ServiceProfile";
  name: string;
  /** The profile's home project. */
  project: string;
}

export function cardKey(scope: Scope, card: CardPlace): CardKey {
  return `${scope.org ?? ""}/${card.project}/${card.kind}/${card.name}`;
}

export function toggleFavourite(now: Preferences, key: CardKey): Preferences {
  const old = now.favourites ?? [];
  return { ...now, favourites: old.includes(key) ? old.filter((other) => other !== key) : [...old, key] };
}

/** The answers of a launch for the next one: without sensitive ones, and without the oldest where it gets much. */
export function rememberLaunch(now: Preferences, key: CardKey, answers: RememberedAnswers): Preferences {
  const recent = [key, ...(now.recent ?? []).filter((other) => other !== key)].slice(0, RECENT_KEPT);
  const given = Object.keys(answers.inputs).length + Object.keys(answers.compute_inputs).length > 0;
  const others = Object.entries(now.answers ?? {}).filter(([other]) => other !== key);
  const newest = [...(given ? [[key, answers] as const] : []), ...others.sort(([, a], [, b]) => b.at.localeCompare(a.at))];
  let length = 0;
  const kept = newest.slice(0, ANSWERS_KEPT).filter((entry) => {
    length += JSON.stringify(entry).length;
    return length <= ANSWERS_LENGTH;
  });
  return { ...now, recent, answers: Object.fromEntries(kept) };
}

export function answersOf(draft: LaunchDraft, form: FormAnswer, at: string): RememberedAnswers {
  return {
    at,
    inputs: sharedAnswers(draft.inputs, form.form.fields),
    compute_inputs: draft.compute ? {} : sharedAnswers(draft.computeInputs, form.compute_form?.fields),
  };
}

export interface SortedCards {
  favourites: CatalogueCard[];
  recent: CatalogueCard[];
  others: CatalogueCard[];
}

/** Every card once: marked ones, then those launched last, then the rest. */
export function sortCards(cards: CatalogueCard[], scope: Scope, preferences: Preferences, recentShown: number): SortedCards {
  const byKey = new Map(cards.map((card) => [cardKey(scope, card), card]));
  const take = (keys: CardKey[] | undefined, most: number) => {
    const found = (keys ?? []).filter((key) => byKey.has(key)).slice(0, most);
    return found.flatMap((key) => {
      const card = byKey.get(key);
      byKey.delete(key);
      return card ? [card] : [];
    });
  };
  const favourites = take(preferences.favourites, cards.length);
  const recent = take(preferences.recent, recentShown);
  return { favourites, recent, others: [...byKey.values()] };
}

export function useRemembered(scope: Scope) {
  const { preferences, settled } = usePreferences();
  const change = useChangePreferences();
  return {
    preferences,
    settled,
    isFavourite: (card: CardPlace) => preferences.favourites?.includes(cardKey(scope, card)) ?? false,
    toggle: (card: CardPlace) => void change((now) => toggleFavourite(now, cardKey(scope, card))),
    remember: (draft: LaunchDraft, form: FormAnswer) =>
      void change((now) =>
        rememberLaunch(now, cardKey(scope, { kind: draft.kind, name: draft.profile, project: draft.home ?? scope.project ?? "" }), answersOf(draft, form, new Date().toISOString())),
      ),
  };
}
