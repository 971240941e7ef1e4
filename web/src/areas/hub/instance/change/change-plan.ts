// Asks the server what a change of an instance would do, and does what was seen.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, request } from "../../../../api/client";
import { keys } from "../../../../api/hooks";
import { itemPath, scopeOf } from "../../../../api/kinds";
import type { Instance, Values } from "../../../../api/types";
import type { ChangePlan, ChangeRequest, PlanAction } from "../../../../api/types-change";
import { isSealed } from "../../../../forms/values";
import { useDebounced } from "../../../../lib/hooks";
import { instanceKind } from "../../instances/columns";

const PAUSE_MS = 250;
const place = ({ metadata, kind }: Instance) => itemPath(instanceKind({ kind } as Instance), scopeOf(metadata), metadata.name);

/** What differs from what the instance has. An answer that was emptied is taken away with null. */
export function changedInputs(instance: Instance, given: Values): Values {
  const old = instance.spec.inputs ?? {};
  const changed = Object.entries(given).filter(([name, value]) => {
    const empty = value === null || value === "";
    if (isSealed(value)) return false;
    return empty ? old[name] !== undefined : JSON.stringify(value) !== JSON.stringify(old[name]);
  });
  return Object.fromEntries(changed.map(([name, value]) => [name, value === "" ? null : value]));
}

export function useChangePlan(instance: Instance, body: ChangeRequest, enabled: boolean) {
  const text = JSON.stringify(body);
  const settled = useDebounced(text, PAUSE_MS);
  const query = useQuery({
    queryKey: ["change-plan", instance.metadata.uid, instance.metadata.resource_version, settled],
    queryFn: ({ signal }) => request<ChangePlan>("POST", `${place(instance)}/change-plan`, { body: JSON.parse(settled) as ChangeRequest, signal }),
    placeholderData: keepPreviousData,
    enabled,
    // It holds what people typed.
    gcTime: 0,
    retry: false,
  });
  return { plan: query.data, error: query.error, isBehind: text !== settled || query.isPlaceholderData, refetch: () => void query.refetch() };
}

/** Does the planned change; refused with status 409 where the plan would be another by now. */
export function useApplyChange(instance: Instance) {
  const client = useQueryClient();
  const kind = instanceKind(instance);
  return useMutation({
    mutationFn: (change: ChangeRequest & { plan_action: PlanAction }) => api.post<Instance>(`${place(instance)}/change`, change),
    onSuccess: (changed) => {
      client.setQueryData(keys.item(kind, scopeOf(changed.metadata), changed.metadata.name), changed);
      return client.invalidateQueries({ queryKey: [...keys.kind(kind), "list"] });
    },
  });
}
