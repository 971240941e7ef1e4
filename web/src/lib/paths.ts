// Every address of the console. They mirror the API, so that an address says where one is.
import type { Scope } from "../api/types";

const part = encodeURIComponent;

export const paths = {
  signIn: () => "/sign-in",
  tokens: () => "/account/tokens",
  password: () => "/account/password",
  identities: () => "/account/identities",
  access: () => "/account/access",
  secondFactors: () => "/account/second-factors",
  project: (scope: Scope) => `/orgs/${part(scope.org ?? "")}/projects/${part(scope.project ?? "")}`,
  catalogue: (scope: Scope) => `${paths.project(scope)}/catalogue`,
  launch: (scope: Scope, kind: "ComputeProfile" | "ServiceProfile", name: string) =>
    `${paths.catalogue(scope)}/${kind === "ComputeProfile" ? "compute" : "services"}/${part(name)}/launch`,
  instances: (scope: Scope) => `${paths.project(scope)}/instances`,
  workspaces: (scope: Scope) => `${paths.project(scope)}/workspaces`,
  workspace: (scope: Scope, tab?: string): string => `${paths.workspaces(scope)}/${part(scope.workspace ?? "")}${tab ? `/${tab}` : ""}`,
  instance: (kind: "ComputeInstance" | "ServiceInstance", scope: Scope, name: string, tab?: string) =>
    `${paths.workspace(scope)}/${kind === "ComputeInstance" ? "compute" : "instances"}/${part(name)}${tab ? `/${tab}` : ""}`,
  studio: (scope: Scope) => `${paths.project(scope)}/studio`,
  admin: (scope: Scope) => `/orgs/${part(scope.org ?? "")}/admin`,
  operations: () => "/operations",
};
