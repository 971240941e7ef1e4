// Effective access, and what a change of roles would give and take.
import { useQuery } from "@tanstack/react-query";
import { api } from "./client";
import { itemPath, scopeKey, scopeOf, scopePath } from "./kinds";
import type { Kind, KindMap, Role, Scope } from "./types";

export interface Via {
  kind: "role" | "ownership" | "offer" | "membership";
  binding?: string;
  bound_at?: Scope;
  role?: Role;
  custom_role?: string;
  group?: string;
  expires_at?: string;
  reason?: string;
  since?: string;
}

export interface AccessAnswer {
  user: string;
  service_account?: string;
  entries: { permission: string; scope: Scope; via: Via }[];
  partial: boolean;
}

export interface WhoAnswer {
  people: { user: string; service_account?: string; via: Via[] }[];
  partial: boolean;
}

export interface Impact {
  loses: { user: string; permissions: number; scope: Scope }[];
  gains: { user: string; permissions: number; scope: Scope }[];
}

/** What a person may do in an organization, and why. */
export function useAccess(org: string, user: string | undefined) {
  return useQuery({
    queryKey: ["access", org, user],
    queryFn: ({ signal }) => api.get<AccessAnswer>(`${scopePath({ org })}/access`, { user: user ?? "" }, signal),
    enabled: user !== undefined,
  });
}

/** Who may do something, and why. */
export function useWhoMay(org: string, asked: { permission?: string | undefined; project?: string | undefined; name?: string | undefined }) {
  return useQuery({
    queryKey: ["access", org, "who", asked],
    queryFn: ({ signal }) =>
      api.get<WhoAnswer>(`${scopePath({ org })}/access/who`, { permission: asked.permission ?? "", project: asked.project || undefined, name: asked.name || undefined }, signal),
    enabled: Boolean(asked.permission),
    retry: false,
  });
}

/** What deleting an object that gives rights would mean, or giving it another spec. */
export function useImpact<K extends Kind>(kind: K, object: KindMap[K] | undefined, change: "delete" | { spec: KindMap[K]["spec"] }) {
  const { metadata } = object ?? {};
  return useQuery({
    queryKey: ["impact", kind, metadata ? scopeKey(metadata) : "", metadata?.name, metadata?.resource_version, change],
    queryFn: () => api.post<Impact>(`${itemPath(kind, scopeOf(metadata ?? {}), metadata?.name ?? "")}/impact`, { change }),
    enabled: object !== undefined,
    retry: false,
    gcTime: 0,
  });
}
