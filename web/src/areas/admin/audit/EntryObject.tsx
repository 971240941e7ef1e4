// The object of an entry, as a link where there is a page for it.
import { Link } from "@tanstack/react-router";
import type { AuditEntry } from "../../../api/types";
import { objectLink, parseObjectPath } from "../../../lib/object-link";
import { useCurrentScope } from "../../../lib/scope";
import { admin as m } from "../../../messages/en/admin";

export function EntryObject({ entry }: { entry: AuditEntry }) {
  const here = useCurrentScope();
  if (!entry.object) return <span className="text-muted">{m.common.none}</span>;
  const { scope, name } = parseObjectPath(entry.object);
  const to = entry.action.endsWith(".delete") ? undefined : objectLink(entry.kind, scope, name, here);
  if (!to) return <span className="break-all">{entry.object}</span>;
  return (
    <Link to={to} className="rounded-sm break-all text-accent-ink hover:underline">
      {entry.object}
    </Link>
  );
}
