// Filters and tabs that live in the address: reading, checking and changing what stands behind the question mark.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useStable } from "./hooks";

export type TextSearch<K extends string> = { [key in K]?: string | undefined };

/** Keeps the named parameters as text and drops everything else. */
export function textSearch<K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): TextSearch<K> => {
    const kept: Record<string, string | undefined> = {};
    for (const name of names) {
      const value = search[name];
      // The router reads `?version=1` as a number and `?version=true` as a boolean; here all are words.
      if (typeof value === "number" || typeof value === "boolean") kept[name] = String(value);
      else if (typeof value === "string" && value !== "") kept[name] = value;
    }
    return kept as TextSearch<K>;
  };
}

/** The address's parameters and how to change some of them; an empty text takes a parameter away. */
export function useSearchState<K extends string>(): [TextSearch<K>, (patch: TextSearch<K>) => void] {
  const search = useSearch({ strict: false } as never) as TextSearch<K>;
  const navigate = useNavigate();
  const set = useStable((patch: TextSearch<K>) => {
    const next: Record<string, unknown> = { ...search, ...patch };
    for (const [key, value] of Object.entries(next)) if (value === "" || value === undefined) delete next[key];
    void navigate({ to: ".", search: next, replace: true, resetScroll: false } as never);
  });
  return [search, set];
}
