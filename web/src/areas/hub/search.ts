// What stands behind the question mark of the hub's addresses: filters survive reload and sharing.
import type { Phase } from "../../api/types";

export interface ListSearch {
  search?: string | undefined;
  phase?: Phase | undefined;
  kind?: "compute" | "services" | undefined;
  sort?: string | undefined;
  /** Only one's own. */
  mine?: true | undefined;
  /** Opens the dialog that makes one, for commands that lead here. */
  new?: true | undefined;
}

const PHASES = ["pending", "queued", "provisioning", "starting", "running", "stopping", "stopped", "succeeded", "failed", "deleting"];

export function listSearch(search: Record<string, unknown>): ListSearch {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return {
    search: text(search.search),
    phase: PHASES.includes(String(search.phase)) ? (search.phase as Phase) : undefined,
    kind: cardKind(search.kind),
    sort: text(search.sort),
    mine: search.mine === true ? true : undefined,
    new: search.new === true ? true : undefined,
  };
}

export function cardKind(value: unknown): "compute" | "services" | undefined {
  return value === "compute" || value === "services" ? value : undefined;
}
