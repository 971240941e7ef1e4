// Operations' addresses, below /operations. Components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frame as m } from "../../messages/en/frame";
import { appRoute } from "../../routes/app";

const operationsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/operations",
  staticData: { crumb: m.areas.operations },
});

const homeRoute = createRoute({
  getParentRoute: () => operationsRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});

export const operationsRoutes = operationsRoute.addChildren([homeRoute]);
