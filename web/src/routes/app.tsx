// The parent of every page that needs somebody signed in: it draws the frame around them.
import { createRoute, redirect } from "@tanstack/react-router";
import { api } from "../api/client";
import { meQuery } from "../api/session";
import { Shell } from "../shell/Shell";
import { NotFound } from "../shell/NotFound";
import { rootRoute } from "./root";

export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (me) return { me };
    const setup = await api.get<{ required: boolean }>("/setup").catch(() => ({ required: false }));
    if (setup.required) throw redirect({ to: "/setup" });
    throw redirect({ to: "/sign-in", search: { next: location.href === "/" ? undefined : location.href } });
  },
  component: Shell,
  notFoundComponent: NotFound,
});
