// Studio's figures, from the server, renewed when profiles or targets change and every so often for what runs.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../../../api/client";
import type { ProfileCounts, StudioOverview } from "../../../api/types-studio";
import { useProfiles } from "../profiles/rows";

/** Instances of others are counted, never shown: nothing tells when one of them starts, so it is asked again. */
const AGAIN_MILLISECONDS = 15_000;

export function useOverview(scope: { org: string; project: string }, everywhere: boolean) {
  const client = useQueryClient();
  const profiles = useProfiles(scope);
  const key = ["studio-overview", scope.org, everywhere ? "" : scope.project];
  useEffect(() => {
    // The watch stream has changed a profile: the figures speak of it.
    if (profiles.rows) void client.invalidateQueries({ queryKey: ["studio-overview"] });
  }, [client, profiles.rows]);
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<StudioOverview>(`/orgs/${encodeURIComponent(scope.org)}/studio/overview`, everywhere ? {} : { project: scope.project }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MILLISECONDS,
  });
}

/** All there are: those people can launch and those they cannot. */
export const countOf = (counts: ProfileCounts) => counts.published + counts.draft;

export interface Sum {
  running: number;
  queued: number;
  failed: number;
}
export function sumOf(rows: Sum[]): Sum {
  return rows.reduce<Sum>((sum, row) => ({ running: sum.running + row.running, queued: sum.queued + row.queued, failed: sum.failed + row.failed }), { running: 0, queued: 0, failed: 0 });
}
