// All addresses put together, behind whatever path prefix <base href> names.
import { createRouter } from "@tanstack/react-router";
import { adminRoutes } from "./areas/admin/routes";
import { hubRoutes } from "./areas/hub/routes";
import { operationsRoutes } from "./areas/operations/routes";
import { studioRoutes } from "./areas/studio/routes";
import { queryClient } from "./query-client";
import { accountRoutes } from "./routes/account";
import { appRoute } from "./routes/app";
import { rootRoute } from "./routes/root";
import { sessionRoutes } from "./routes/session";
import { Crashed } from "./shell/Crashed";
import { PageSkeleton } from "./ui/Page";

const routeTree = rootRoute.addChildren([
  ...sessionRoutes,
  appRoute.addChildren([...hubRoutes, studioRoutes, adminRoutes, operationsRoutes, accountRoutes]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  basepath: new URL(document.baseURI).pathname.replace(/\/+$/, "") || "/",
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
