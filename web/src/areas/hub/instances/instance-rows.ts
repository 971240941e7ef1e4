// Services and compute instances as one list.
import { useMemo } from "react";
import { type ListParams, useList } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import type { Instance, Phase, Scope } from "../../../api/types";

export interface InstanceFilter {
  search?: string | undefined;
  phase?: Phase | undefined;
  kind?: "compute" | "services" | undefined;
  sort?: string | undefined;
  owner?: string | undefined;
}

/** Lists both kinds below a scope and keeps them live. */
export function useInstances(scope: Scope, filter: InstanceFilter = {}, limit = 100) {
  const params: ListParams = { limit, sort: filter.sort ?? "-created_at", deep: !scope.workspace };
  if (filter.search) params.search = filter.search;
  if (filter.owner) params.owner = filter.owner;
  if (filter.phase) params.phase = filter.phase;
  const wantsServices = filter.kind !== "compute";
  const wantsComputes = filter.kind !== "services";
  const enabled = Boolean(scope.org && scope.project);
  const services = useList("ServiceInstance", scope, params, { enabled: enabled && wantsServices });
  const computes = useList("ComputeInstance", scope, params, { enabled: enabled && wantsComputes });
  useWatch(["ServiceInstance", "ComputeInstance"], scope, enabled);

  const sort = params.sort ?? "";
  const serviceItems = wantsServices ? services.items : NONE;
  const computeItems = wantsComputes ? computes.items : NONE;
  const rows = useMemo(
    () => (serviceItems && computeItems ? mergeSorted([...serviceItems, ...computeItems], sort) : undefined),
    [serviceItems, computeItems, sort],
  );
  return {
    rows,
    total: (wantsServices ? (services.total ?? 0) : 0) + (wantsComputes ? (computes.total ?? 0) : 0),
    error: services.error ?? computes.error,
    hasMore: services.hasMore || computes.hasMore,
    isFetchingMore: services.isFetchingMore || computes.isFetchingMore,
    fetchMore: () => {
      if (services.hasMore) services.fetchMore();
      if (computes.hasMore) computes.fetchMore();
    },
    refetch: () => {
      services.refetch();
      computes.refetch();
    },
  };
}

const NONE: Instance[] = [];

/** Two lists that the server sorted, in that same order. */
export function mergeSorted(rows: Instance[], sort: string): Instance[] {
  const word = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const value = ({ metadata }: Instance) => (word === "created_at" ? metadata.created_at : word === "updated_at" ? metadata.updated_at : metadata.name);
  // Plain comparison, as the server's: a locale's order could differ from it.
  return [...rows].sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0));
}

export function isUnsettled(phase: Phase): boolean {
  return !["running", "stopped", "succeeded", "failed"].includes(phase);
}

export function isUp(phase: Phase): boolean {
  return phase === "running" || (isUnsettled(phase) && phase !== "stopping" && phase !== "deleting");
}
