// The card as developers will find it in the catalogue, before a shipped profile is launched into projects.
import { useMemo } from "react";
import { useObject } from "../../../api/hooks";
import type { SystemProfile } from "../../../api/types";
import { studio } from "../../../messages/en/studio";
import { ProfileCard } from "../../../ui/ProfileCard";
import { rowName } from "../../../lib/rows";
import { previewCard } from "../designer/Preview";
import type { ProfileSpec } from "../designer/draft";
import { OWN_LOOK, type PreviewValues, usePreview } from "../designer/server";
import type { ProfileKind } from "../paths";
import { bodyOf } from "./body";

const NOTHING: PreviewValues = { inputs: {}, compute_inputs: {} };
type Scope = { org: string; project: string };
interface CardProps {
  profile: SystemProfile;
  spec: ProfileSpec;
  /** What is launched first and holds the size: the profile itself, or the compute it brings along. */
  sized: ProfileSpec;
  sizedKind: ProfileKind;
  scope: Scope;
}

export function Seen({ profile, scope }: { profile: SystemProfile; scope: Scope }) {
  const spec = bodyOf(profile);
  const brings = spec && "compute" in spec ? spec.compute.auto_create : undefined;
  // The compute it brings may not be in the project yet: it is shipped too, under the same name.
  const compute = useObject("SystemProfile", {}, brings ?? "", { enabled: brings !== undefined });
  const sized = brings === undefined ? spec : compute.data?.spec.compute;
  // Where both have a price, only the server adds them up, and it does so once they are there.
  if (!spec || !sized || (brings !== undefined && spec.price && sized.price)) return null;
  const sizedKind = profile.spec.workload === "compute" || brings !== undefined ? "ComputeProfile" : "ServiceProfile";
  return <Card key={`${scope.org}/${scope.project}`} profile={profile} spec={spec} sized={sized} sizedKind={sizedKind} scope={scope} />;
}

function Card({ profile, spec, sized, sizedKind, scope }: CardProps) {
  const organization = useObject("Organization", {}, scope.org);
  const draft = useMemo(() => ({ title: rowName(profile), description: profile.metadata.description ?? "", spec }), [profile, spec]);
  const { answer } = usePreview(sizedKind, scope, sized, NOTHING, OWN_LOOK);
  const kind = profile.spec.workload === "compute" ? "ComputeProfile" : "ServiceProfile";
  if (!answer) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium">{studio.launch.seen}</h3>
      <div className="max-w-sm">
        <ProfileCard heading="h4" org={scope.org} card={previewCard(kind, scope.project, draft, 0, answer, organization.data?.spec.currency ?? "")} />
      </div>
    </section>
  );
}
