// The project's own profiles that come from a shipped one, and whether a newer version waits for them.
import { Link } from "@tanstack/react-router";
import type { SystemProfile } from "../../../api/types";
import { update as m } from "../../../messages/en/update";
import { Section } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { type Profile, kindOf, useProfiles } from "../profiles/rows";

/** Those made by hand; what is offered as shipped is updated by launching it again. */
export function customisedFrom(profiles: Profile[], name: string): Profile[] {
  return profiles.filter(({ spec: { parent } }) => parent?.name === name && !parent.as_shipped);
}

export function MadeFrom({ profile, scope }: { profile: SystemProfile; scope: { org: string; project: string } }) {
  const { rows } = useProfiles(scope);
  const mine = customisedFrom(rows ?? [], profile.metadata.name);
  if (mine.length === 0) return null;
  return (
    <Section title={m.customised} description={m.customisedText}>
      <ul className="flex flex-col divide-y divide-line border-y border-line">
        {mine.map((one) => {
          const version = one.spec.parent?.version ?? "";
          return (
            <li key={one.metadata.uid} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
              <Link to={studioPaths.profile(scope, kindOf(one), one.metadata.name)} className="rounded-sm font-medium hover:underline">
                {rowName(one)}
              </Link>
              <span className="text-muted">{m.from(version)}</span>
              <span className="ml-auto">
                {version === profile.spec.version ? (
                  <span className="text-muted">{m.current}</span>
                ) : (
                  <Link to={studioPaths.update(scope, kindOf(one), one.metadata.name)} className="rounded-sm hover:underline">
                    <StateBadge tone="waiting">{m.available}</StateBadge> {m.look}
                  </Link>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
