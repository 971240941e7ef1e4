// What a second person looks at before they publish what somebody else wrote: who asked, and every line that changes.
import { useObject } from "../../../api/hooks";
import { duties } from "../../../messages/en/duties";
import { LineDiff } from "../../../ui/LineDiff";
import { ErrorPanel, Notice, Skeleton } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { useRevisions } from "../designer/server";
import { specText } from "../designer/spec-text";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";

const m = duties.waiting;

export function Asked({ waiting }: { waiting: NonNullable<Profile["status"]["waiting"]> }) {
  return (
    <Notice tone="waiting">
      <p>
        {m.askedBy(waiting.by)} <RelativeTime at={waiting.at} />
      </p>
      {waiting.note && <p className="text-muted">{waiting.note}</p>}
    </Notice>
  );
}

export function DraftDiff({ kind, scope, name }: { kind: ProfileKind; scope: { org: string; project: string }; name: string }) {
  const profile = useObject(kind, scope, name);
  const revisions = useRevisions(kind, scope, profile.data);
  if (profile.error || revisions.error) return <ErrorPanel error={profile.error ?? revisions.error} />;
  if (!profile.data || !revisions.data) return <Skeleton lines={4} />;
  const published = profile.data.status.published?.generation;
  const before = revisions.data.find((revision) => revision.generation === published)?.spec;
  return <LineDiff label={m.diff} before={specText(before)} after={specText(profile.data.spec)} equal={m.equal} />;
}
