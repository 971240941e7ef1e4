// Who is signed in and what they may do.
import { queryOptions, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client";
import { ApiError } from "./error";
import { scopeKey } from "./kinds";
import type { Me, Scope } from "./types";

/** `null` when nobody is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await api.get<Me>("/me", undefined, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export function useMe(): Me | null | undefined {
  return useQuery(meQuery).data;
}

export interface Permissions {
  /** Whether the person may do this here. False until known. */
  can: (permission: string) => boolean;
  isLoading: boolean;
}

/** One function for all renders: another one each time would make another set each time, and render without end. */
const asSet = (answer: { permissions: string[] }) => new Set(answer.permissions);

const permissionsQuery = (scope: Scope) =>
  queryOptions({
    queryKey: ["me", "permissions", scopeKey(scope)],
    queryFn: ({ signal }) =>
      api.get<{ permissions: string[] }>("/me/permissions", { org: scope.org, project: scope.project, workspace: scope.workspace }, signal),
    select: asSet,
    staleTime: 60_000,
  });

/** What the person may do in a scope. */
export function usePermissions(scope: Scope, enabled = true): Permissions {
  const query = useQuery({ ...permissionsQuery(scope), enabled });
  return { can: (permission) => query.data?.has(permission) ?? false, isLoading: query.isLoading };
}

/** The same for several scopes: a list across workspaces has rows with different rights. */
export function usePermissionsIn(scopes: Scope[]): (scope: Scope) => Permissions["can"] {
  const known = new Map(scopes.map((scope) => [scopeKey(scope), scope]));
  const answers = useQueries({ queries: [...known.values()].map(permissionsQuery) });
  const byKey = new Map([...known.keys()].map((key, index) => [key, answers[index]?.data]));
  return (scope) => (permission) => byKey.get(scopeKey(scope))?.has(permission) ?? false;
}

/** Ends the session and forgets everything that was read with it. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    // An identity provider has a session of its own: it is ended there, and leads back.
    const elsewhere = await api.delete<{ provider_url: string } | undefined>("/session");
    client.clear();
    window.location.assign(elsewhere?.provider_url ?? new URL("sign-in", document.baseURI));
  };
}
