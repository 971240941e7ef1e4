// The templates a profile can be made from: the organization's own stand before shipped ones of the same name.
import { useMemo } from "react";
import { useAll } from "../../../api/all";
import type { EnvironmentTemplate } from "../../../api/types";

export function useTemplates(org: string) {
  const own = useAll("EnvironmentTemplate", { org }, { sort: "name" });
  const shipped = useAll("EnvironmentTemplate", {}, { sort: "name" });
  // The platform's address lists everything one may see, the organizations' own included.
  const atPlatform = useMemo(() => shipped.items?.filter((template) => !template.metadata.org), [shipped.items]);
  const items = useMemo<EnvironmentTemplate[] | undefined>(() => {
    if (!own.items || !atPlatform) return undefined;
    const mine = new Set(own.items.map((template) => template.metadata.name));
    return [...own.items, ...atPlatform.filter((template) => !mine.has(template.metadata.name))];
  }, [own.items, atPlatform]);
  return { items, own: own.items, shipped: atPlatform, error: own.error ?? shipped.error, refetch: () => (own.refetch(), shipped.refetch()) };
}
