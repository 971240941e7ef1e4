// The first hour's steps, ticked by what is there.
import type { Instance, RoleBinding } from "../../../api/types";
import type { Profile } from "../profiles/rows";
import { kindOf } from "../profiles/rows";

export type StepId = "compute" | "service" | "instance" | "launch";

export interface StepState {
  id: StepId;
  done: boolean;
}

/** A developer's launch is a service instance whose owner has a developer-like role and did not make the profile. */
export function firstHour(profiles: Profile[], instances: Instance[], bindings: RoleBinding[]): StepState[] {
  const offered = (kind: string) => profiles.some((profile) => kindOf(profile) === kind && profile.status.published !== undefined);
  const developers = new Set(bindings.filter((binding) => isDeveloperLike(binding.spec.role)).map((binding) => binding.spec.user));
  const ownerOf = (instance: Instance) => instance.spec.owner ?? instance.metadata.created_by;
  return [
    { id: "compute", done: offered("ComputeProfile") },
    { id: "service", done: offered("ServiceProfile") },
    { id: "instance", done: instances.some((instance) => instance.kind === "ComputeInstance") },
    { id: "launch", done: instances.some((instance) => instance.kind === "ServiceInstance" && developers.has(ownerOf(instance))) },
  ];
}

/** Roles whose holders launch things for themselves. */
export function isDeveloperLike(role: RoleBinding["spec"]["role"] | undefined): boolean {
  return role === "developer" || role === "workspace_admin" || role === "workspace_collaborator";
}
