// Names and states of a profile's generations: those that were published are versions with a number, the others saved drafts.
import type { ProfileVersion } from "../../../api/types-versions";
import type { Profile } from "../profiles/rows";

/** Every version, newest first. What was published before versions were kept is known by its generation alone. */
export function versionsOf(profile: Profile): ProfileVersion[] {
  const { published, versions = [] } = profile.status;
  const known = [...versions].reverse();
  if (!published || known.some((version) => version.generation === published.generation)) return known;
  return [{ generation: published.generation, number: 0, state: "published", note: "", at: published.at, by: published.by }, ...known];
}

/** What people call a published generation: its number, or the generation where it has none. */
export function numberOf(profile: Profile | undefined, generation: number): number {
  return profile?.status.versions?.find((version) => version.generation === generation)?.number || generation;
}
