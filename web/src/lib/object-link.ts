// From an object's path, such as `/acme/vision/research/nb-1`, to the page that shows it.
import { adminPaths } from "../areas/admin/paths";
import { studioPaths } from "../areas/studio/paths";
import type { Scope } from "../api/types";
import { paths } from "./paths";

/** Splits an object's path: the last part is its name, those before it are where it lives. */
export function parseObjectPath(path: string): { scope: Scope; name: string } {
  const parts = path.split("/").filter(Boolean);
  const name = parts.pop() ?? "";
  const [org, project, workspace] = parts;
  return { scope: { ...(org ? { org } : {}), ...(project ? { project } : {}), ...(workspace ? { workspace } : {}) }, name };
}

/** The console's address for an object; `here` completes what platform objects do not say. Undefined where there is no page. */
export function objectLink(kind: string | undefined, scope: Scope, name: string, here: Scope): string | undefined {
  const around = { ...here, ...scope };
  switch (kind) {
    case "ComputeInstance":
    case "ServiceInstance":
      return scope.workspace ? paths.instance(kind, scope, name) : undefined;
    case "ComputeProfile":
    case "ServiceProfile":
      return scope.project ? studioPaths.profile(scope, kind, name) : undefined;
    case "Account":
      return paths.secondFactors();
    case "Workspace":
      return scope.project ? paths.workspace({ ...scope, workspace: name }) : undefined;
    case "Project":
      return scope.org ? adminPaths.project(scope, name) : undefined;
    case "User":
      return here.org ? adminPaths.user(here, name) : undefined;
    case "Target":
      return here.org ? adminPaths.target(here, name) : undefined;
    case "SystemProfile":
      return here.project ? studioPaths.systemProfile(here, name) : undefined;
    case "AccessRequest":
      return scope.org ? adminPaths.requests({ org: scope.org }) : undefined;
    case "OwnAccessRequest":
      return paths.access();
    case "Organization":
      return adminPaths.settings({ org: name });
    case "EnvironmentTemplate":
      return around.project ? studioPaths.template(around, scope.org ? "own" : "shipped", name) : undefined;
    default:
      return undefined;
  }
}
