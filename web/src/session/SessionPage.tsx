// The sheet of the pages one sees before being signed in.
import type { ReactNode } from "react";
import { useTitle } from "../lib/hooks";
import { frame } from "../messages/en/frame";

export function SessionPage({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-12">
      <div className="flex items-center gap-2.5 text-16 font-semibold">
        <img src="./favicon.svg" alt="" className="size-6" />
        {frame.product}
      </div>
      <div>
        <h1 className="text-28 font-semibold">{title}</h1>
        {text && <p className="mt-2 text-muted">{text}</p>}
      </div>
      {children}
    </main>
  );
}

/** The token behind the `#` of a one-time link. It never reaches a server's log that way. */
export function fragmentToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "";
}
