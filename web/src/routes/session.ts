// Pages for people who are not signed in yet.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

/** Only an address of this console: never another site. */
const nextOnly = (search: Record<string, unknown>): { next?: string | undefined; org?: string | undefined; sso?: string | undefined } => ({
  // Whose sign-in did not work, and why.
  org: typeof search.org === "string" ? search.org : undefined,
  sso: typeof search.sso === "string" ? search.sso : undefined,
  next: typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? search.next : undefined,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: nextOnly,
  component: lazyRouteComponent(() => import("../session/SignIn"), "SignIn"),
});

// The same page with an organization's look and its ways to sign in.
const orgSignInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/o/$org",
  validateSearch: nextOnly,
  component: lazyRouteComponent(() => import("../session/SignIn"), "SignIn"),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  component: lazyRouteComponent(() => import("../session/Setup"), "Setup"),
});

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/welcome",
  component: lazyRouteComponent(() => import("../session/Welcome"), "Welcome"),
});

export const sessionRoutes = [signInRoute, orgSignInRoute, setupRoute, welcomeRoute];
