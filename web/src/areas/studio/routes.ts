// PaaS Studio's addresses, below /orgs/$org/projects/$project/studio. Components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame as m } from "../../messages/en/frame";
import { appRoute } from "../../routes/app";

const studioRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/orgs/$org/projects/$project/studio",
  staticData: { crumb: m.areas.studio },
});

const homeRoute = createRoute({
  getParentRoute: () => studioRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});

export const studioRoutes = studioRoute.addChildren([homeRoute]);
