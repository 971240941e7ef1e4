// The sheet of the pages one sees before being signed in.
import type { ReactNode } from "react";
import type { Look } from "../api/look";
import { useAccent } from "../lib/accent";
import { useTitle } from "../lib/hooks";
import { Markdown } from "../ui/Markdown";
import { OrgLinks, OrgMark } from "./OrgMark";

export function SessionPage({ title, text, look = {}, children }: { title: string; text?: ReactNode; look?: Look; children: ReactNode }) {
  useTitle(title);
  useAccent(look.accent);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-12">
      <OrgMark look={look} />
      <div>
        <h1 className="text-28 font-semibold">{title}</h1>
        {text && <p className="mt-2 text-muted">{text}</p>}
      </div>
      {look.message && <Markdown text={look.message} />}
      {children}
      <OrgLinks look={look} />
    </main>
  );
}

/** The token behind the `#` of a one-time link. It never reaches a server's log that way. */
export function fragmentToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "";
}
