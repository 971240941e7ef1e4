// Asking the server to put a shipped profile into projects: for a look first, then for real.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { keys } from "../../../api/hooks";
import type { Kind } from "../../../api/types";

export interface LaunchRequest {
  org: string;
  projects: string[];
  all_projects: boolean;
}
export interface LaunchAnswer {
  items: { kind: Kind; name: string; project: string; action: "created" | "updated" | "unchanged"; waits?: boolean }[];
  missing: string[];
}

const path = (name: string, verb: string) => `/system-profiles/${encodeURIComponent(name)}/${verb}`;

export function useLaunchCheck(name: string, request: LaunchRequest) {
  return useQuery({
    queryKey: ["system-launch", name, request],
    queryFn: () => api.post<LaunchAnswer>(path(name, "launch"), request, { dry_run: true }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    enabled: request.projects.length > 0 || request.all_projects,
  });
}

export function useLaunch(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: LaunchRequest) => api.post<LaunchAnswer>(path(name, "launch"), request),
    onSuccess: async () => {
      await Promise.all(
        [keys.kind("ComputeProfile"), keys.kind("ServiceProfile"), ["catalogue"]].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
}

export interface CustomiseRequest {
  org: string;
  project: string;
  name: string;
  display_name?: string;
}

export function useCustomise(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: CustomiseRequest) => api.post<{ kind: "ComputeProfile" | "ServiceProfile"; metadata: { name: string } }>(path(name, "customise"), request),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: keys.kind("ComputeProfile") }), client.invalidateQueries({ queryKey: keys.kind("ServiceProfile") })]),
  });
}
