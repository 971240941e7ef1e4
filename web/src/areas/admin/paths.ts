// Administration's addresses.
import type { Scope } from "../../api/types";
import { paths } from "../../lib/paths";

const part = encodeURIComponent;

export const adminPaths = {
  home: (scope: Scope) => paths.admin(scope),
  projects: (scope: Scope) => `${paths.admin(scope)}/projects`,
  project: (scope: Scope, name: string, tab?: string) => `${paths.admin(scope)}/projects/${part(name)}${tab ? `/${tab}` : ""}`,
  users: (scope: Scope) => `${paths.admin(scope)}/users`,
  user: (scope: Scope, name: string) => `${paths.admin(scope)}/users/${part(name)}`,
  serviceAccounts: (scope: Scope) => `${paths.admin(scope)}/service-accounts`,
  serviceAccount: (scope: Scope, name: string) => `${paths.admin(scope)}/service-accounts/${part(name)}`,
  groups: (scope: Scope) => `${paths.admin(scope)}/groups`,
  roles: (scope: Scope) => `${paths.admin(scope)}/roles`,
  builtInRoles: (scope: Scope) => `${paths.admin(scope)}/roles/built-in`,
  access: (scope: Scope) => `${paths.admin(scope)}/access`,
  providers: (scope: Scope) => `${paths.admin(scope)}/sign-in`,
  requests: (scope: Scope) => `${paths.admin(scope)}/requests`,
  review: (scope: Scope) => `${paths.admin(scope)}/access-review`,
  bindings: (scope: Scope) => `${paths.admin(scope)}/role-bindings`,
  targets: (scope: Scope) => `${paths.admin(scope)}/targets`,
  target: (scope: Scope, name: string) => `${paths.admin(scope)}/targets/${part(name)}`,
  secrets: (scope: Scope) => `${paths.admin(scope)}/secrets`,
  settings: (scope: Scope) => `${paths.admin(scope)}/settings`,
  audit: (scope: Scope) => `${paths.admin(scope)}/audit`,
};
