// "Sign in with …": the identity providers of an organization. Nothing is shown where it has none.
import { useQuery } from "@tanstack/react-query";
import { Building2 } from "lucide-react";
import { api } from "../api/client";
import type { SignInChoices } from "../api/types-providers";
import { providers as m } from "../messages/en/providers";
import { buttonClass } from "../ui/Button";
import { Notice } from "../ui/Page";

export function SsoButtons({ org, next, sayNone = false }: { org: string; next?: string | undefined; sayNone?: boolean }) {
  const path = `/orgs/${encodeURIComponent(org)}/sign-in`;
  const choices = useQuery({ queryKey: ["sign-in", org], queryFn: () => api.get<SignInChoices>(path), retry: false });
  const query = next ? `?next=${encodeURIComponent(next)}` : "";
  return (
    <div aria-live="polite" className="flex flex-col gap-2">
      {choices.data?.providers.map(({ name, title }) => (
        // The server leads on to the provider: an address of its own, which the router does not know.
        <a key={name} href={new URL(`api/v1${path}/${encodeURIComponent(name)}${query}`, document.baseURI).href} className={buttonClass("secondary")}>
          <Building2 size={16} aria-hidden /> {m.page.with(title)}
        </a>
      ))}
      {sayNone && (choices.error || choices.data?.providers.length === 0) && <Notice>{m.page.none(org)}</Notice>}
    </div>
  );
}
