// The cache of everything read from the server.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api/error";
import { meQuery } from "./api/session";

/** Only what may work by itself a moment later is tried again. */
export function shouldRetry(failures: number, error: unknown): boolean {
  if (failures >= 2) return false;
  return !(error instanceof ApiError) || error.status === 0 || error.status === 502 || error.status === 503;
}

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 10_000, retry: shouldRetry } },
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended: the frame notices and leads to the sign-in page.
      if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(meQuery.queryKey, null);
    },
  }),
});
