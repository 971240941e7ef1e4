// At which levels each role may be bound; the server refuses anything else.
import type { Role, Scope } from "../../../api/types";
import { admin as m } from "../../../messages/en/admin";

export type Level = "platform" | "org" | "project" | "workspace";

export const ROLE_LEVELS: Record<Role, Level[]> = {
  platform_admin: ["platform"],
  infrastructure_admin: ["platform", "org"],
  org_admin: ["org"],
  template_author: ["org"],
  finops: ["org"],
  auditor: ["platform", "org"],
  paas_admin: ["org", "project"],
  managed_instances_operator: ["project"],
  project_admin: ["project"],
  developer: ["project"],
  workspace_admin: ["workspace"],
  workspace_collaborator: ["workspace"],
  workspace_reader: ["workspace"],
};

export const ROLES = Object.keys(ROLE_LEVELS) as Role[];

export function levelOf(scope: Scope): Level {
  if (scope.workspace) return "workspace";
  if (scope.project) return "project";
  return scope.org ? "org" : "platform";
}

/** Where a binding counts, as people read it: `acme / vision`. */
export function placeText(scope: Scope): string {
  return [scope.org, scope.project, scope.workspace].filter(Boolean).join(" / ") || m.bindings.platform;
}

/** A name for a binding that is the same for the same person, role and place, so that doubles are refused. */
export function bindingName(user: string, role: string): string {
  return `${user}-${role.replace(/_/g, "-")}`.slice(0, 48).replace(/-+$/, "");
}
