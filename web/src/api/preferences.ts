// What the console remembers for a person, on every machine they sign in from.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "../ui/Toast";
import { api } from "./client";
import { messageOf } from "./error";
import type { Preferences } from "./types-people";

const preferencesQuery = queryOptions({
  queryKey: ["me", "preferences"],
  queryFn: ({ signal }) => api.get<Preferences>("/me/preferences", undefined, signal),
  staleTime: 60_000,
});

/** `settled` once it is known, or known to be out of reach. */
export function usePreferences(): { preferences: Preferences; settled: boolean } {
  const query = useQuery(preferencesQuery);
  return { preferences: query.data ?? {}, settled: query.data !== undefined || query.isError };
}

/** One write after another, so that two quick changes do not overwrite each other. */
let last: Promise<void> = Promise.resolve();

async function write(client: QueryClient, change: (now: Preferences) => Preferences): Promise<void> {
  try {
    // Read first: another tab or machine may have changed something else meanwhile.
    const fresh = await api.get<Preferences>("/me/preferences");
    client.setQueryData(preferencesQuery.queryKey, await api.put<Preferences>("/me/preferences", change(fresh)));
  } catch (error) {
    toast(messageOf(error), "failed");
    await client.invalidateQueries({ queryKey: preferencesQuery.queryKey });
  }
}

/** Changes what is remembered. It shows at once and is written behind. */
export function useChangePreferences() {
  const client = useQueryClient();
  return (change: (now: Preferences) => Preferences): Promise<void> => {
    client.setQueryData(preferencesQuery.queryKey, (now: Preferences | undefined) => change(now ?? {}));
    last = last.then(() => write(client, change));
    return last;
  };
}
