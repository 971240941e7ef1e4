// The form an instance was launched with, as its profile is now: for labels, and for what may change.
import { useQuery } from "@tanstack/react-query";
import { request } from "../../../api/client";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { FormAnswer, Instance } from "../../../api/types";
import { isSealed } from "../../../forms/values";

export function useInstanceForm(instance: Instance) {
  const { spec, metadata } = instance;
  const { org, project, workspace } = scopeOf(metadata);
  const profileKind = instance.kind === "ServiceInstance" ? "ServiceProfile" : "ComputeProfile";
  const inputs = Object.fromEntries(Object.entries(spec.inputs ?? {}).filter(([, value]) => !isSealed(value)));
  const compute = "owns_compute" in spec ? spec.compute : undefined;
  // Where the profile is gone or closed to the reader, names must do for labels.
  return useQuery({
    queryKey: ["instance-form", metadata.uid, metadata.generation],
    queryFn: ({ signal }) =>
      request<FormAnswer>("POST", `${itemPath(profileKind, { org, project }, spec.profile.name)}/form`, {
        query: { home: spec.profile.project },
        body: { workspace, inputs, ...(compute ? { compute } : {}), compute_inputs: {} },
        signal,
      }),
    // The page goes on with what it had while a change is read: a form that vanished would lose what is typed in it.
    placeholderData: (previous, query) => (query?.queryKey[1] === metadata.uid ? previous : undefined),
    retry: false,
    staleTime: 300_000,
  });
}
