// Where a permission comes from, in words: the role and its place, the group, ownership, offer or membership.
import { Link } from "@tanstack/react-router";
import type { Via } from "../../../api/access";
import type { Scope } from "../../../api/types";
import { access as m } from "../../../messages/en/access";
import { roleText } from "../../../lib/bindings";
import { placeText } from "../bindings/roles";
import { adminPaths } from "../paths";

export function sourceText(via: Via): string {
  if (via.kind !== "role") return m.kinds[via.kind];
  return m.by(roleText(via), placeText(via.bound_at ?? {}));
}

export function Source({ via, here }: { via: Via; here: Scope }) {
  return (
    <span className="flex flex-col">
      {via.binding ? (
        <Link to={adminPaths.bindings(here)} className="rounded-sm hover:underline">
          {sourceText(via)}
        </Link>
      ) : (
        sourceText(via)
      )}
      {via.group && <span className="text-12 text-muted">{m.throughGroup(via.group)}</span>}
    </span>
  );
}
