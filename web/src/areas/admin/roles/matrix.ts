// The role matrix as rows: every permission once, by kind, and who has it.
import type { BuiltInRole } from "../../../api/types-people";

export interface PermissionRow {
  /** `<kind>.<verb>`. */
  permission: string;
  kind: string;
  verb: string;
}

export interface KindGroup {
  kind: string;
  rows: PermissionRow[];
}

/** `compute_profile` as words: `Compute profile`. */
export function words(name: string): string {
  const text = name.replace(/_/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Every permission that some role has, kinds and verbs in the server's order. */
export function groupsOf(roles: BuiltInRole[]): KindGroup[] {
  // The role with the most permissions gives the order; what only others have comes behind.
  const byCount = [...roles].sort((a, b) => b.permissions.length - a.permissions.length);
  const groups = new Map<string, PermissionRow[]>();
  const seen = new Set<string>();
  for (const permission of byCount.flatMap((role) => role.permissions)) {
    if (seen.has(permission)) continue;
    seen.add(permission);
    const [kind = "", verb = ""] = permission.split(".");
    groups.set(kind, [...(groups.get(kind) ?? []), { permission, kind, verb }]);
  }
  return [...groups].map(([kind, rows]) => ({ kind, rows }));
}

/** Keeps the permissions in whose name every word of the search stands; of one kind where it is named. */
export function matching(groups: KindGroup[], search: string, kind = ""): KindGroup[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row: PermissionRow) => {
    const text = `${row.permission} ${words(row.kind)} ${words(row.verb)}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  const wantedKinds = kind ? groups.filter((group) => group.kind === kind) : groups;
  return wantedKinds.map((group) => ({ ...group, rows: group.rows.filter(fits) })).filter((group) => group.rows.length > 0);
}
