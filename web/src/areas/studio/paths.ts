// Studio's addresses.
import type { Scope } from "../../api/types";
import { paths } from "../../lib/paths";

const part = encodeURIComponent;

export type ProfileKind = "ComputeProfile" | "ServiceProfile";
export const kindWord = (kind: ProfileKind) => (kind === "ComputeProfile" ? "compute" : "services");

export const studioPaths = {
  home: (scope: Scope) => paths.studio(scope),
  systemProfiles: (scope: Scope) => `${paths.studio(scope)}/system-profiles`,
  systemProfile: (scope: Scope, name: string) => `${paths.studio(scope)}/system-profiles/${part(name)}`,
  profiles: (scope: Scope) => `${paths.studio(scope)}/profiles`,
  newProfile: (scope: Scope, kind: ProfileKind) => `${paths.studio(scope)}/profiles/new/${kindWord(kind)}`,
  profile: (scope: Scope, kind: ProfileKind, name: string) => `${paths.studio(scope)}/profiles/${kindWord(kind)}/${part(name)}`,
  update: (scope: Scope, kind: ProfileKind, name: string) => `${paths.studio(scope)}/profiles/${kindWord(kind)}/${part(name)}/update`,
  templates: (scope: Scope) => `${paths.studio(scope)}/templates`,
  importTemplate: (scope: Scope) => `${paths.studio(scope)}/templates/import`,
  importProfile: (scope: Scope) => `${paths.studio(scope)}/profiles/import`,
  newTemplate: (scope: Scope) => `${paths.studio(scope)}/templates/new`,
  /** `shipped` templates live at the platform, the others in the organization. */
  template: (scope: Scope, home: "shipped" | "own", name: string) => `${paths.studio(scope)}/templates/${home}/${part(name)}`,
  manage: (scope: Scope) => `${paths.studio(scope)}/hub`,
  developers: (scope: Scope) => `${paths.studio(scope)}/hub/developers`,
  offered: (scope: Scope) => `${paths.studio(scope)}/hub/profiles`,
  instances: (scope: Scope) => `${paths.studio(scope)}/hub/instances`,
  createCompute: (scope: Scope) => `${paths.studio(scope)}/hub/create-compute`,
};
