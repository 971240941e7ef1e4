// Administration's addresses, below /orgs/$org/admin. Components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { textSearch } from "../../lib/search-state";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import { appRoute } from "../../routes/app";

const adminRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/orgs/$org/admin",
  staticData: { crumb: m.areas.administration },
});

const homeRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});

const projectsRoute = createRoute({ getParentRoute: () => adminRoute, path: "/projects", staticData: { crumb: nav.admin.projects } });
const projectsIndexRoute = createRoute({
  getParentRoute: () => projectsRoute,
  path: "/",
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./projects/Projects"), "Projects"),
});
// The parameter is not called $project: looking at a project here is no switch to it.
const projectRoute = createRoute({
  getParentRoute: () => projectsRoute,
  path: "/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./projects/ProjectPage"), "ProjectPage"),
});
const projectTabRoute = createRoute({ getParentRoute: () => projectRoute, path: "/$tab" });

const usersRoute = createRoute({ getParentRoute: () => adminRoute, path: "/users", staticData: { crumb: nav.admin.users } });
const usersIndexRoute = createRoute({
  getParentRoute: () => usersRoute,
  path: "/",
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./users/Users"), "Users"),
});
const userRoute = createRoute({
  getParentRoute: () => usersRoute,
  path: "/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./users/UserPage"), "UserPage"),
});

const groupsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/groups",
  staticData: { crumb: nav.admin.groups },
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./groups/Groups"), "Groups"),
});

const accountsRoute = createRoute({ getParentRoute: () => adminRoute, path: "/service-accounts", staticData: { crumb: nav.admin.serviceAccounts } });
const accountsIndexRoute = createRoute({
  getParentRoute: () => accountsRoute,
  path: "/",
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./service-accounts/ServiceAccounts"), "ServiceAccounts"),
});
const accountRoute = createRoute({
  getParentRoute: () => accountsRoute,
  path: "/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./service-accounts/ServiceAccountPage"), "ServiceAccountPage"),
});

const bindingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/role-bindings",
  staticData: { crumb: nav.admin.bindings },
  validateSearch: textSearch("search", "role", "level"),
  component: lazyRouteComponent(() => import("./bindings/Bindings"), "Bindings"),
});

const rolesRoute = createRoute({ getParentRoute: () => adminRoute, path: "/roles", staticData: { crumb: nav.admin.roles } });
const rolesIndexRoute = createRoute({
  getParentRoute: () => rolesRoute,
  path: "/",
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./roles/Roles"), "Roles"),
});

const builtInRolesRoute = createRoute({
  getParentRoute: () => rolesRoute,
  path: "/built-in",
  staticData: { crumb: nav.admin.builtInRoles },
  validateSearch: textSearch("search", "role", "kind"),
  component: lazyRouteComponent(() => import("./roles/BuiltInRoles"), "BuiltInRoles"),
});

const accessRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/access",
  staticData: { crumb: nav.admin.access },
  validateSearch: textSearch("by", "user", "permission", "project", "name", "search"),
  component: lazyRouteComponent(() => import("./access/Access"), "Access"),
});

const providersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/sign-in",
  staticData: { crumb: nav.admin.providers },
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./providers/Providers"), "Providers"),
});

const targetsRoute = createRoute({ getParentRoute: () => adminRoute, path: "/targets", staticData: { crumb: nav.admin.targets } });
const targetsIndexRoute = createRoute({
  getParentRoute: () => targetsRoute,
  path: "/",
  validateSearch: textSearch("search"),
  component: lazyRouteComponent(() => import("./targets/Targets"), "Targets"),
});
const targetRoute = createRoute({
  getParentRoute: () => targetsRoute,
  path: "/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./targets/TargetPage"), "TargetPage"),
});

const secretsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/secrets",
  staticData: { crumb: nav.admin.secrets },
  validateSearch: textSearch("search", "in"),
  component: lazyRouteComponent(() => import("./secrets/Secrets"), "Secrets"),
});

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/audit",
  staticData: { crumb: nav.admin.audit },
  validateSearch: textSearch("search", "actor", "action", "kind", "object", "outcome", "from", "to", "chain"),
  component: lazyRouteComponent(() => import("./audit/Audit"), "Audit"),
});

const settingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/settings",
  staticData: { crumb: nav.admin.settings },
  component: lazyRouteComponent(() => import("./settings/Settings"), "Settings"),
});

const requestsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/requests",
  staticData: { crumb: nav.admin.requests },
  component: lazyRouteComponent(() => import("./requests/Requests"), "Requests"),
});

const reviewRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/access-review",
  staticData: { crumb: nav.admin.review },
  validateSearch: textSearch("search", "role", "level", "only"),
  component: lazyRouteComponent(() => import("./review/AccessReview"), "AccessReview"),
});

export const adminRoutes = adminRoute.addChildren([
  homeRoute,
  projectsRoute.addChildren([projectsIndexRoute, projectRoute.addChildren([projectTabRoute])]),
  usersRoute.addChildren([usersIndexRoute, userRoute]),
  groupsRoute,
  accountsRoute.addChildren([accountsIndexRoute, accountRoute]),
  bindingsRoute,
  rolesRoute.addChildren([rolesIndexRoute, builtInRolesRoute]),
  accessRoute,
  providersRoute,
  targetsRoute.addChildren([targetsIndexRoute, targetRoute]),
  secretsRoute,
  auditRoute,
  settingsRoute,
  requestsRoute,
  reviewRoute,
]);
