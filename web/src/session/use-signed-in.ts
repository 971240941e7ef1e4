// What follows a sign-in: on to where the person wanted to go.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { meQuery } from "../api/session";
import type { Me } from "../api/types";

export function useSignedIn(next?: string): (me: Me) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async (me) => {
    // The server itself leads on to an app; the router does not know that address.
    if (next?.startsWith("/open/")) {
      window.location.replace(new URL(`.${next}`, document.baseURI));
      return;
    }
    client.clear();
    client.setQueryData(meQuery.queryKey, me);
    await navigate({ to: next ?? "/", replace: true });
  };
}
