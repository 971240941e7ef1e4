// Operations' addresses, below /operations. Components load when opened.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { textSearch } from "../../lib/search-state";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import { appRoute } from "../../routes/app";

const operationsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/operations",
  staticData: { crumb: m.areas.operations },
});

const homeRoute = createRoute({
  getParentRoute: () => operationsRoute,
  path: "/",
  validateSearch: textSearch("search", "sort"),
  component: lazyRouteComponent(() => import("./Organizations"), "Organizations"),
});

// The parameter is not called $org: looking at an organization here is no switch to it.
const organizationRoute = createRoute({
  getParentRoute: () => operationsRoute,
  path: "/orgs/$name",
  staticData: { crumb: "$name" },
  component: lazyRouteComponent(() => import("./OrganizationPage"), "OrganizationPage"),
});

const catalogueRoute = createRoute({
  getParentRoute: () => operationsRoute,
  path: "/catalogue",
  staticData: { crumb: nav.operations.catalogue },
  validateSearch: textSearch("search"),
  component: lazyRouteComponent(() => import("./catalogue/Catalogue"), "Catalogue"),
});

const encryptionRoute = createRoute({
  getParentRoute: () => operationsRoute,
  path: "/encryption",
  staticData: { crumb: nav.operations.encryption },
  component: lazyRouteComponent(() => import("./encryption/Encryption"), "Encryption"),
});

export const operationsRoutes = operationsRoute.addChildren([homeRoute, organizationRoute, catalogueRoute, encryptionRoute]);
