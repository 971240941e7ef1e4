// The words of each kind in paths, and where its collections live.
import type { Kind, Scope } from "./types";

export const PLURALS: Record<Kind, string> = {
  Organization: "orgs",
  User: "users",
  Target: "targets",
  SystemProfile: "system-profiles",
  RoleBinding: "role-bindings",
  Group: "groups",
  ServiceAccount: "service-accounts",
  CustomRole: "custom-roles",
  IdentityProvider: "identity-providers",
  Icon: "icons",
  EnvironmentTemplate: "environment-templates",
  Project: "projects",
  Secret: "secrets",
  ComputeProfile: "compute-profiles",
  ServiceProfile: "service-profiles",
  Workspace: "workspaces",
  ComputeInstance: "compute-instances",
  ServiceInstance: "service-instances",
};

/** The path of a scope below `/api/v1`: empty for the platform. */
export function scopePath(scope: Scope): string {
  let path = "";
  if (scope.org) path += `/orgs/${encodeURIComponent(scope.org)}`;
  if (scope.project) path += `/projects/${encodeURIComponent(scope.project)}`;
  if (scope.workspace) path += `/workspaces/${encodeURIComponent(scope.workspace)}`;
  return path;
}

/** The path of a kind's collection in a scope. */
export function collectionPath(kind: Kind, scope: Scope): string {
  return `${scopePath(scope)}/${PLURALS[kind]}`;
}

/** The path of one object. */
export function itemPath(kind: Kind, scope: Scope, name: string): string {
  return `${collectionPath(kind, scope)}/${encodeURIComponent(name)}`;
}

/** A key that is equal exactly for equal scopes: `/acme/vision`. */
export function scopeKey(scope: Scope): string {
  return `/${[scope.org, scope.project, scope.workspace].filter(Boolean).join("/")}`;
}

/** The scope an object lives in. */
export function scopeOf(metadata: Scope): Scope {
  const scope: Scope = {};
  if (metadata.org) scope.org = metadata.org;
  if (metadata.project) scope.project = metadata.project;
  if (metadata.workspace) scope.workspace = metadata.workspace;
  return scope;
}
