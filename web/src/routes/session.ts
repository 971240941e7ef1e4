// Pages for people who are not signed in yet.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "./root";

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined; org?: string | undefined; sso?: string | undefined } => ({
    // Whose sign-in did not work, and why.
    org: typeof search.org === "string" ? search.org : undefined,
    sso: typeof search.sso === "string" ? search.sso : undefined,
    // Only an address of this console: never another site.
    next: typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? search.next : undefined,
  }),
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

export const sessionRoutes = [signInRoute, setupRoute, welcomeRoute];
