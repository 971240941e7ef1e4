// What a look is like in light and dark, drawn from the server's own answer.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { Look, Tones } from "../../../api/look";
import { properties } from "../../../lib/accent";
import type { OrganizationLook } from "../../../api/types";
import { organizationSettings as m } from "../../../messages/en/tenants";
import { session } from "../../../messages/en/session";
import { OrgMark } from "../../../session/OrgMark";
import { buttonClass } from "../../../ui/Button";
import { Markdown } from "../../../ui/Markdown";

interface Preview {
  look: Look;
  left_out: string[];
}

export function useLookPreview(org: string, look: OrganizationLook, enabled: boolean) {
  return useQuery({
    queryKey: ["look-preview", org, look],
    queryFn: () => api.post<Preview>(`/orgs/${encodeURIComponent(org)}/look/preview`, look),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    gcTime: 0,
  });
}

export function LookPreview({ org, look }: { org: string; look: Look | undefined }) {
  return (
    <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-16" aria-label={m.preview} role="group">
      <p className="text-muted">{m.previewText(`/o/${org}`)}</p>
      {(["light", "dark"] as const).map((theme) => (
        <Page key={theme} theme={theme} look={look ?? {}} tones={look?.accent?.[theme]} />
      ))}
    </div>
  );
}

function Page({ theme, look, tones }: { theme: "light" | "dark"; look: Look; tones: Tones | undefined }) {
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="text-12 text-muted">{m.themes[theme]}</figcaption>
      <div data-preview={theme} style={tones ? properties(tones) : {}} className="flex flex-col gap-3 rounded-md border border-line bg-page p-4 text-ink">
        <OrgMark look={look} />
        <p className="text-20 font-semibold">{session.signIn}</p>
        {look.message && <Markdown text={look.message} />}
        <div className="flex flex-wrap items-center gap-2">
          <span className={buttonClass("primary")}>{session.signIn}</span>
          <span className="rounded-md bg-accent-soft px-2 py-1 font-medium text-accent-ink">{m.chosen}</span>
        </div>
        {(look.links?.length ?? 0) > 0 && (
          <p className="flex flex-wrap gap-x-4 gap-y-1">
            {look.links?.map((link, index) => (
              <span key={index} className="text-accent-ink underline underline-offset-2">
                {link.title}
              </span>
            ))}
          </p>
        )}
      </div>
    </figure>
  );
}
