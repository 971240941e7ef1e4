// An organization's picture and name, or the product's where it has none.
import type { Look } from "../api/look";
import { frame } from "../messages/en/frame";

export function OrgMark({ look }: { look: Look }) {
  return (
    <div className="flex items-center gap-2.5 text-16 font-semibold">
      {look.logo ? <img src={look.logo} alt="" className="max-h-10 max-w-32 rounded-sm bg-paper object-contain p-0.5" /> : <img src="./favicon.svg" alt="" className="size-6" />}
      <span className="min-w-0 break-words">{look.name || frame.product}</span>
    </div>
  );
}

/** Links of an organization, which lead away from the console. */
export function OrgLinks({ look }: { look: Look }) {
  if (!look.links?.length) return null;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1" aria-label={frame.orgLinks}>
      {look.links.map((link) => (
        <li key={`${link.title} ${link.url}`}>
          <a href={link.url} target="_blank" rel="noopener noreferrer" className="rounded-sm text-accent-ink underline underline-offset-2">
            {link.title}
          </a>
        </li>
      ))}
    </ul>
  );
}
