// The signed-in person's own pages.
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { frame as m } from "../messages/en/frame";
import { textSearch } from "../lib/search-state";
import { appRoute } from "./app";

const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/account",
  staticData: { crumb: m.account.title },
  component: lazyRouteComponent(() => import("../account/Account"), "Account"),
});

const indexRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/account/tokens", replace: true });
  },
});

const tokensRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/tokens",
  staticData: { crumb: m.account.tokens },
  component: lazyRouteComponent(() => import("../account/Tokens"), "Tokens"),
});

const passwordRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/password",
  staticData: { crumb: m.account.password },
  component: lazyRouteComponent(() => import("../account/Password"), "Password"),
});

const factorsRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/second-factors",
  staticData: { crumb: m.account.factors },
  component: lazyRouteComponent(() => import("../account/SecondFactors"), "SecondFactors"),
});

const identitiesRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/identities",
  staticData: { crumb: m.account.identities },
  // What became of linking one.
  validateSearch: textSearch("sso"),
  component: lazyRouteComponent(() => import("../account/Identities"), "Identities"),
});

const accessRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/access",
  staticData: { crumb: m.account.access },
  component: lazyRouteComponent(() => import("../account/MyAccess"), "MyAccess"),
});

export const accountRoutes = accountRoute.addChildren([indexRoute, tokensRoute, passwordRoute, factorsRoute, identitiesRoute, accessRoute]);
