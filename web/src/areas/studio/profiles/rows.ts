// Compute and service profiles of a project as one list, with what runs of each.
import { useMemo } from "react";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import type { ComputeProfile, Instance, ServiceProfile } from "../../../api/types";
import type { ProfileKind } from "../paths";

export type Profile = ComputeProfile | ServiceProfile;
export type ProfileState = "draft" | "published" | "changed" | "waiting";

export const kindOf = (profile: Profile): ProfileKind => (profile.kind === "ComputeProfile" ? "ComputeProfile" : "ServiceProfile");

/** The draft as it is now waits for somebody who did not write it. */
export const waits = ({ status, metadata }: Pick<Profile, "status" | "metadata">) => status.waiting !== undefined && status.waiting.generation === metadata.generation;

export function stateOf(profile: Profile): ProfileState {
  if (waits(profile)) return "waiting";
  const published = profile.status.published;
  if (!published) return "draft";
  return published.generation < profile.metadata.generation ? "changed" : "published";
}

export function useProfiles(scope: { org: string; project: string }) {
  const compute = useAll("ComputeProfile", scope, { sort: "name" });
  const service = useAll("ServiceProfile", scope, { sort: "name" });
  useWatch(["ComputeProfile", "ServiceProfile"], scope);
  const rows = useMemo<Profile[] | undefined>(
    () => (compute.items && service.items ? [...compute.items, ...service.items] : undefined),
    [compute.items, service.items],
  );
  return {
    rows,
    error: compute.error ?? service.error,
    refetch: () => {
      compute.refetch();
      service.refetch();
    },
  };
}

/** How many instances there are of each profile, as far as the person may see them. Instances name a profile and its home. */
export function countByProfile(instances: Instance[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const instance of instances) {
    const kind = instance.kind === "ComputeInstance" ? "ComputeProfile" : "ServiceProfile";
    const key = profileKey(kind, instance.spec.profile.project ?? instance.metadata.project ?? "", instance.spec.profile.name);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

export const profileKey = (kind: ProfileKind, project: string, name: string) => `${kind}/${project}/${name}`;

/** Every instance of the organization the person may see. */
export function useInstancesOf(org: string, enabled: boolean) {
  const compute = useAll("ComputeInstance", { org }, { deep: true }, { enabled });
  const service = useAll("ServiceInstance", { org }, { deep: true }, { enabled });
  useWatch(["ComputeInstance", "ServiceInstance"], { org }, enabled);
  const rows = useMemo<Instance[] | undefined>(
    () => (compute.items && service.items ? [...compute.items, ...service.items] : undefined),
    [compute.items, service.items],
  );
  return { rows, error: compute.error ?? service.error, complete: compute.complete && service.complete, total: (compute.total ?? 0) + (service.total ?? 0) };
}
