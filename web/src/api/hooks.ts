// Queries and mutations over every kind. Keys are made in one place, so that the watch stream can patch the cache.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "./client";
import { collectionPath, itemPath, scopeKey, scopeOf } from "./kinds";
import { PLURALS } from "./kinds";
import type { Kind, KindMap, NewMetadata, Page, Scope } from "./types";

export interface ListParams {
  search?: string;
  /** `name`, `-created_at`, … */
  sort?: string;
  phase?: string;
  /** Instances of one person. */
  owner?: string;
  label?: string;
  limit?: number;
  /** Everything the caller may see below the scope (`/api/v1/{plural}?org=…`), not only the scope's own collection. */
  deep?: boolean;
}

export const keys = {
  kind: (kind: Kind) => ["objects", kind] as const,
  list: (kind: Kind, scope: Scope, params: ListParams) => ["objects", kind, "list", scopeKey(scope), params] as const,
  item: (kind: Kind, scope: Scope, name: string) => ["objects", kind, "item", scopeKey(scope), name] as const,
};

/** Fetches one page of a list. */
export function fetchPage<K extends Kind>(kind: K, scope: Scope, params: ListParams, cursor?: string, signal?: AbortSignal) {
  const { deep, ...rest } = params;
  const path = deep ? `/${PLURALS[kind]}` : collectionPath(kind, scope);
  const where = deep ? { org: scope.org, project: scope.project, workspace: scope.workspace } : {};
  return api.get<Page<KindMap[K]>>(path, { limit: 50, ...rest, ...where, cursor }, signal);
}

/** A list that grows page by page; old rows stay while new ones are fetched. */
export function useList<K extends Kind>(kind: K, scope: Scope, params: ListParams = {}, options: { enabled?: boolean } = {}) {
  const query = useInfiniteQuery({
    queryKey: keys.list(kind, scope, params),
    queryFn: ({ pageParam, signal }) => fetchPage(kind, scope, params, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    items,
    total: query.data?.pages[0]?.total,
    error: query.error,
    isLoading: query.isLoading,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  };
}

export function useObject<K extends Kind>(kind: K, scope: Scope, name: string, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.item(kind, scope, name),
    queryFn: ({ signal }) => api.get<KindMap[K]>(itemPath(kind, scope, name), undefined, signal),
    enabled: options.enabled ?? true,
  });
}

export interface CreateInput<K extends Kind> {
  metadata: NewMetadata;
  spec: Partial<KindMap[K]["spec"]>;
}

/** Makes an object in `scope`. */
export function useCreate<K extends Kind>(kind: K, scope: Scope) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: CreateInput<K>) => api.post<KindMap[K]>(collectionPath(kind, scope), input),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.kind(kind) }),
  });
}

/** Changes an object; refused with status 412 when somebody else changed it since it was read. */
export function useUpdate<K extends Kind>(kind: K) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { object: KindMap[K]; metadata?: Partial<NewMetadata>; spec: KindMap[K]["spec"] }) => {
      const { metadata } = input.object;
      const { name, display_name, description, labels } = { ...metadata, ...input.metadata };
      return api.put<KindMap[K]>(
        itemPath(kind, scopeOf(metadata), metadata.name),
        { metadata: { name, display_name, description, labels }, spec: input.spec },
        metadata.resource_version,
      );
    },
    onSuccess: (object) => {
      client.setQueryData(keys.item(kind, scopeOf(object.metadata), object.metadata.name), object);
      return client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] });
    },
  });
}

/** Deletes an object; instances answer with what is left to clean up. */
export function useDelete<K extends Kind>(kind: K) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (object: KindMap[K]) =>
      api.delete<KindMap[K] | undefined>(itemPath(kind, scopeOf(object.metadata), object.metadata.name)),
    // The object itself is not asked for again: it is gone, or the watch stream tells how its cleanup goes.
    onSuccess: () => client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] }),
  });
}

/** Does something to an object: `stop`, `start`, `retry`, `publish`, … The answer is the object as it is now. */
export function useAction<K extends Kind>(kind: K) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { object: KindMap[K]; action: string; body?: unknown }) =>
      api.post<KindMap[K]>(`${itemPath(kind, scopeOf(input.object.metadata), input.object.metadata.name)}/${input.action}`, input.body),
    onSuccess: (object) => {
      if (object?.metadata) client.setQueryData(keys.item(kind, scopeOf(object.metadata), object.metadata.name), object);
      return client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] });
    },
  });
}
