// What may be done to an instance, in one place for rows, headers and bulk bars.
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { keys } from "../../../api/hooks";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { Permissions } from "../../../api/session";
import type { Instance, Phase } from "../../../api/types";
import { instanceKind } from "./columns";

export type InstanceAction = "stop" | "start" | "retry" | "delete";

const PHASES: Record<InstanceAction, Phase[]> = {
  stop: ["pending", "queued", "provisioning", "starting", "running"],
  start: ["stopped", "succeeded"],
  retry: ["failed"],
  delete: ["pending", "queued", "provisioning", "starting", "running", "stopping", "stopped", "succeeded", "failed"],
};

export function permissionFor(row: Instance, action: InstanceAction): string {
  const kind = row.kind === "ComputeInstance" ? "compute_instance" : "service_instance";
  return `${kind}.${action === "delete" ? "delete" : "operate"}`;
}

/** Whether the instance's state and the person's rights allow it. */
export function allows(row: Instance, action: InstanceAction, can: Permissions["can"]): boolean {
  return PHASES[action].includes(row.status.phase) && can(permissionFor(row, action));
}

export async function perform(row: Instance, action: InstanceAction): Promise<Instance | undefined> {
  const path = itemPath(instanceKind(row), scopeOf(row.metadata), row.metadata.name);
  return action === "delete" ? api.delete<Instance | undefined>(path) : api.post<Instance>(`${path}/${action}`);
}

/** Performs an action and puts the answer into the cache. */
export function usePerform() {
  const client = useQueryClient();
  return async (row: Instance, action: InstanceAction): Promise<void> => {
    const kind = instanceKind(row);
    const answer = await perform(row, action);
    if (answer?.metadata) client.setQueryData(keys.item(kind, scopeOf(row.metadata), row.metadata.name), answer);
    await client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] });
  };
}
