// A link to a page of the team's own about a profile. It opens beside the console, and the page learns nothing of where it was opened.
import { ExternalLink } from "lucide-react";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

export function DocumentationLink({ url, about, className }: { url: string | undefined; about: string; className?: string }) {
  // The server takes nothing else; what is not https is never made a link.
  if (!url?.startsWith("https://")) return null;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" title={url} className={cx("inline-flex items-center gap-1 rounded-sm text-accent-ink hover:underline", className)}>
      {m.documentation}
      <span className="sr-only">{m.documentationOf(about)}</span>
      <ExternalLink size={12} aria-hidden />
    </a>
  );
}
