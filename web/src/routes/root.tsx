// The root of every address, and the page for those that lead nowhere.
import { Outlet, createRootRouteWithContext } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { NotFound } from "../shell/NotFound";
import { Toaster } from "../ui/Toast";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The route's word in the breadcrumb; `$name` takes that parameter, and a function makes it from all of them. */
    crumb?: string | ((params: Record<string, string>) => string | undefined);
  }
}

export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Toaster />
    </>
  ),
  notFoundComponent: NotFound,
});
