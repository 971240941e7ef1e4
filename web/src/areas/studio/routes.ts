// PaaS Studio's addresses, below /orgs/$org/projects/$project/studio. Components load when opened.
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { textSearch } from "../../lib/search-state";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import { appRoute } from "../../routes/app";
import { studioPaths } from "./paths";

const studioRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/orgs/$org/projects/$project/studio",
  staticData: { crumb: m.areas.studio },
});

const homeRoute = createRoute({
  getParentRoute: () => studioRoute,
  path: "/",
  validateSearch: textSearch("in"),
  component: lazyRouteComponent(() => import("./home/Home"), "Home"),
});

const systemRoute = createRoute({ getParentRoute: () => studioRoute, path: "/system-profiles", staticData: { crumb: nav.studio.systemProfiles } });
const systemIndexRoute = createRoute({
  getParentRoute: () => systemRoute,
  path: "/",
  validateSearch: textSearch("search", "category", "kind", "tag"),
  component: lazyRouteComponent(() => import("./system/SystemProfiles"), "SystemProfiles"),
});
const systemPageRoute = createRoute({
  getParentRoute: () => systemRoute,
  path: "/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./system/SystemProfilePage"), "SystemProfilePage"),
});

const profilesRoute = createRoute({ getParentRoute: () => studioRoute, path: "/profiles", staticData: { crumb: nav.studio.profiles } });
const profilesIndexRoute = createRoute({
  getParentRoute: () => profilesRoute,
  path: "/",
  validateSearch: textSearch("search", "kind", "state"),
  component: lazyRouteComponent(() => import("./profiles/Profiles"), "Profiles"),
});
const importProfileRoute = createRoute({
  getParentRoute: () => profilesRoute,
  path: "/import",
  staticData: { crumb: nav.studio.importProfile },
  component: lazyRouteComponent(() => import("./import/ImportProfile"), "ImportProfile"),
});
// One route for new profiles (`new/compute`) and stored ones (`compute/NAME`): making the first draft changes the address
// while somebody is typing, and must not make the page anew.
const designerRoute = createRoute({
  getParentRoute: () => profilesRoute,
  path: "/$place/$name",
  staticData: { crumb: ({ place, name }) => (place === "new" ? (name === "compute" ? nav.studio.newCompute : nav.studio.newService) : name) },
  validateSearch: textSearch("part"),
  component: lazyRouteComponent(() => import("./designer/DesignerPage"), "DesignerPage"),
});

const updateRoute = createRoute({
  getParentRoute: () => profilesRoute,
  path: "/$place/$name/update",
  staticData: { crumb: nav.studio.update },
  component: lazyRouteComponent(() => import("./update/UpdatePage"), "UpdatePage"),
});

const templatesRoute = createRoute({ getParentRoute: () => studioRoute, path: "/templates", staticData: { crumb: nav.studio.templates } });
const templatesIndexRoute = createRoute({
  getParentRoute: () => templatesRoute,
  path: "/",
  validateSearch: textSearch("search", "workload"),
  component: lazyRouteComponent(() => import("./templates/Templates"), "Templates"),
});
const newTemplateRoute = createRoute({
  getParentRoute: () => templatesRoute,
  path: "/new",
  staticData: { crumb: nav.studio.newTemplate },
  validateSearch: textSearch("copy"),
  component: lazyRouteComponent(() => import("./templates/NewTemplate"), "NewTemplate"),
});
const importTemplateRoute = createRoute({
  getParentRoute: () => templatesRoute,
  path: "/import",
  staticData: { crumb: nav.studio.importModule },
  component: lazyRouteComponent(() => import("./import/ImportModule"), "ImportModule"),
});
const ownTemplateRoute = createRoute({
  getParentRoute: () => templatesRoute,
  path: "/own/$name",
  staticData: { crumb: "$name" },
  validateSearch: textSearch("version", "view", "from"),
  component: lazyRouteComponent(() => import("./templates/TemplatePage"), "OwnTemplatePage"),
});
const shippedTemplateRoute = createRoute({
  getParentRoute: () => templatesRoute,
  path: "/shipped/$name",
  staticData: { crumb: "$name" },
  validateSearch: textSearch("version", "view", "from"),
  component: lazyRouteComponent(() => import("./templates/TemplatePage"), "ShippedTemplatePage"),
});

const manageRoute = createRoute({ getParentRoute: () => studioRoute, path: "/hub", staticData: { crumb: nav.studio.manage } });
const manageIndexRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: studioPaths.offered(params as { org: string; project: string }), replace: true } as never);
  },
});
const developersRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: "/developers",
  staticData: { crumb: nav.studio.developers },
  validateSearch: textSearch("search"),
  component: lazyRouteComponent(() => import("./manage/Developers"), "Developers"),
});
const offeredRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: "/profiles",
  staticData: { crumb: nav.studio.offered },
  validateSearch: textSearch("search"),
  component: lazyRouteComponent(() => import("./manage/Offered"), "Offered"),
});
const instancesRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: "/instances",
  staticData: { crumb: nav.studio.instances },
  validateSearch: textSearch("search", "phase", "kind", "in", "sort"),
  component: lazyRouteComponent(() => import("./manage/Instances"), "Instances"),
});
const createComputeRoute = createRoute({
  getParentRoute: () => manageRoute,
  path: "/create-compute",
  staticData: { crumb: nav.studio.createCompute },
  component: lazyRouteComponent(() => import("./manage/CreateCompute"), "CreateCompute"),
});

export const studioRoutes = studioRoute.addChildren([
  homeRoute,
  systemRoute.addChildren([systemIndexRoute, systemPageRoute]),
  profilesRoute.addChildren([profilesIndexRoute, importProfileRoute, updateRoute, designerRoute]),
  templatesRoute.addChildren([templatesIndexRoute, importTemplateRoute, newTemplateRoute, ownTemplateRoute, shippedTemplateRoute]),
  manageRoute.addChildren([manageIndexRoute, developersRoute, offeredRoute, instancesRoute, createComputeRoute]),
]);
