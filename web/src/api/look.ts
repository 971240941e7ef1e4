// How an organization looks, read without being signed in.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "./client";

/** The colours of one theme. */
export interface Tones {
  accent: string;
  accent_hover: string;
  accent_soft: string;
  accent_ink: string;
  on_accent: string;
}

export interface Look {
  name?: string;
  /** A `data:` address. */
  logo?: string;
  accent?: { light: Tones; dark: Tones };
  links?: { title: string; url: string }[];
  /** Markdown. */
  message?: string;
}

const NONE: Look = {};

export const lookQuery = (org: string) =>
  queryOptions({
    queryKey: ["look", org],
    // Nothing depends on it: where it cannot be read the page is plain.
    queryFn: ({ signal }) => api.get<Look>(`/orgs/${encodeURIComponent(org)}/look`, undefined, signal).catch(() => NONE),
    staleTime: 60_000,
  });

/** Nothing but an address that opens a page or a mail, whatever the server says. */
const opens = (url: string) => /^(https?:|mailto:)/i.test(url);

export function useLook(org: string): Look {
  const look = useQuery({ ...lookQuery(org), enabled: org !== "" }).data ?? NONE;
  return look.links ? { ...look, links: look.links.filter((link) => opens(link.url)) } : look;
}
