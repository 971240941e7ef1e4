// Requests for access, and the report of who has what.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client";
import { keys } from "./hooks";
import type { Role, Scope } from "./types";

export type RequestState = "pending" | "approved" | "denied" | "lapsed";
export interface AccessRequest {
  name: string;
  user: string;
  scope: Scope;
  role?: Role;
  custom_role?: string;
  reason: string;
  duration_seconds?: number;
  created_at: string;
  state: RequestState;
  decided_by?: string;
  decided_at?: string;
  note?: string;
  binding?: string;
  may_decide: boolean;
}
export interface Wanted {
  project?: string;
  workspace?: string;
  role?: Role;
  custom_role?: string;
  reason: string;
  duration_seconds?: number;
}
export interface ReviewRow {
  user: string;
  title: string;
  /** A program's account. */
  service_account?: boolean;
  active: boolean;
  scope: Scope;
  role: string;
  custom: boolean;
  binding: string;
  group?: string;
  since: string;
  given_by: string;
  expires_at?: string;
  reason: string;
  last_sign_in?: string;
  last_token_use?: string;
}

const KEY = ["access-requests"] as const;
const path = (org: string, ...rest: string[]) => ["/orgs", org, "access-requests", ...rest].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join("/");

export const accessRequestsQuery = (org: string, mine: boolean) =>
  queryOptions({
    queryKey: [...KEY, org, mine],
    queryFn: ({ signal }) => api.get<{ items: AccessRequest[] }>(path(org), mine ? { mine: true } : undefined, signal),
  });

export function useAskAccess() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ org, wanted }: { org: string; wanted: Wanted }) => api.post<{ request: AccessRequest; approvers: string[] }>(path(org), wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useDecideAccess() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ request, verb, note }: { request: AccessRequest; verb: "approve" | "deny"; note: string }) =>
      api.post<AccessRequest>(path(request.scope.org ?? "", request.name, verb), { note }),
    // Somebody else may have decided meanwhile: what is told is asked for again either way.
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: KEY }), client.invalidateQueries({ queryKey: keys.kind("RoleBinding") })]),
  });
}

export function useWithdrawAccess() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: AccessRequest) => api.delete<undefined>(path(request.scope.org ?? "", request.name)),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

const reviewPath = (org: string) => `/orgs/${encodeURIComponent(org)}/reports/access-review`;

export function useAccessReview(org: string) {
  return useQuery({
    queryKey: ["access-review", org],
    queryFn: ({ signal }) => api.get<{ items: ReviewRow[]; partial: boolean }>(reviewPath(org), undefined, signal),
  });
}

/** The report as a file for spreadsheets. */
export const reviewCsv = (org: string) => new URL(`api/v1${reviewPath(org)}?format=csv`, document.baseURI);
