// Administration's addresses, below /orgs/$org/admin. Components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame as m } from "../../messages/en/frame";
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

export const adminRoutes = adminRoute.addChildren([homeRoute]);
