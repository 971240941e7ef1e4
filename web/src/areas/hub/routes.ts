// The Developer Hub's addresses. They mirror the API; components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame as m } from "../../messages/en/frame";
import { appRoute } from "../../routes/app";
import { launchSearch } from "./launch/start";
import { cardKind, listSearch } from "./search";

const startRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Start"), "Start"),
});

const projectRoute = createRoute({ getParentRoute: () => appRoute, path: "/orgs/$org/projects/$project" });

const homeRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});

const catalogueRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/catalogue",
  staticData: { crumb: m.pages.catalogue },
  validateSearch: (search: Record<string, unknown>) => ({
    search: text(search.search),
    category: text(search.category),
    kind: cardKind(search.kind),
    gpu: text(search.gpu),
    target: text(search.target),
    // The router reads `?price=5` as a number.
    price: Number.isFinite(Number(search.price ?? "none")) ? String(search.price) : undefined,
    workspace: text(search.workspace),
  }),
});
const catalogueIndexRoute = createRoute({
  getParentRoute: () => catalogueRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./catalogue/Catalogue"), "Catalogue"),
});

const launchRoute = createRoute({
  getParentRoute: () => catalogueRoute,
  path: "/$kind/$name/launch",
  staticData: { crumb: "$name" },
  validateSearch: launchSearch,
  component: lazyRouteComponent(() => import("./launch/Launch"), "Launch"),
});

const instancesRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/instances",
  staticData: { crumb: m.pages.instances },
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./instances/Instances"), "Instances"),
});

const workspacesRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/workspaces",
  staticData: { crumb: m.pages.workspaces },
});
const workspacesIndexRoute = createRoute({
  getParentRoute: () => workspacesRoute,
  path: "/",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./workspaces/Workspaces"), "Workspaces"),
});

const workspaceRoute = createRoute({
  getParentRoute: () => workspacesRoute,
  path: "/$workspace",
  staticData: { crumb: "$workspace" },
});
const workspaceIndexRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./workspaces/Workspace"), "Workspace"),
});
const workspaceTabRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/$tab",
  component: lazyRouteComponent(() => import("./workspaces/Workspace"), "Workspace"),
});

const instanceComponent = lazyRouteComponent(() => import("./instance/InstancePage"), "ServiceInstancePage");
const serviceRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/instances/$name",
  staticData: { crumb: "$name" },
  component: instanceComponent,
});
const serviceTabRoute = createRoute({ getParentRoute: () => serviceRoute, path: "/$tab" });

const computeComponent = lazyRouteComponent(() => import("./instance/InstancePage"), "ComputeInstancePage");
const computeRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/compute/$name",
  staticData: { crumb: "$name" },
  component: computeComponent,
});
const computeTabRoute = createRoute({ getParentRoute: () => computeRoute, path: "/$tab" });

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export const hubRoutes = [
  startRoute,
  projectRoute.addChildren([
    homeRoute,
    catalogueRoute.addChildren([catalogueIndexRoute, launchRoute]),
    instancesRoute,
    workspacesRoute.addChildren([
      workspacesIndexRoute,
      workspaceRoute.addChildren([
        workspaceIndexRoute,
        workspaceTabRoute,
        serviceRoute.addChildren([serviceTabRoute]),
        computeRoute.addChildren([computeTabRoute]),
      ]),
    ]),
  ]),
];
