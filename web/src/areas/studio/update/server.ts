// A newer shipped version of what a profile was made from: what it would change, and taking it over.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { keys } from "../../../api/hooks";
import { itemPath } from "../../../api/kinds";
import type { Json } from "../../../api/types";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";

export type Side = "ours" | "theirs";
export interface Conflict {
  path: string;
  base?: Json;
  ours?: Json;
  theirs?: Json;
}
export interface ParentUpdate {
  current: string;
  newest: string;
  /** YAML; empty where this installation never had that version. */
  base: string;
  ours: string;
  theirs: string;
  merged: string;
  conflicts: Conflict[];
}
type Place = { org: string; project: string };

const address = (kind: ProfileKind, scope: Place, name: string) => `${itemPath(kind, scope, name)}/parent-update`;

export function useParentUpdate(kind: ProfileKind, scope: Place, name: string) {
  return useQuery({ queryKey: ["parent-update", kind, scope.org, scope.project, name], queryFn: ({ signal }) => api.get<ParentUpdate>(address(kind, scope, name), undefined, signal), gcTime: 0 });
}

/** The profile as it would be with these decisions; nothing is kept. */
export function useOutcome(kind: ProfileKind, scope: Place, name: string, resolutions: Record<string, Side>, enabled: boolean) {
  return useQuery({
    queryKey: ["parent-update-outcome", kind, scope.org, scope.project, name, resolutions],
    queryFn: () => api.post<Profile>(address(kind, scope, name), { resolutions }, { dry_run: true }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
    enabled,
  });
}

export function useApplyUpdate(kind: ProfileKind, scope: Place, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (resolutions: Record<string, Side>) => api.post<Profile>(address(kind, scope, name), { resolutions }),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.kind(kind) }), client.invalidateQueries({ queryKey: ["parent-update"] })]),
  });
}
