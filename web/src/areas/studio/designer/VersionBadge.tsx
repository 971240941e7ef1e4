// How far a version is in its life.
import { Archive, Lock } from "lucide-react";
import type { VersionState } from "../../../api/types-versions";
import { designer } from "../../../messages/en/designer";
import { StateBadge } from "../../../ui/StateBadge";

const m = designer.versions.states;

export function VersionBadge({ state }: { state: VersionState }) {
  if (state === "published") return <StateBadge tone="running">{m.published}</StateBadge>;
  if (state === "deprecated")
    return (
      <StateBadge tone="stopped" icon={<Archive size={12} aria-hidden />}>
        {m.deprecated}
      </StateBadge>
    );
  return (
    <StateBadge tone="failed" icon={<Lock size={12} aria-hidden />}>
      {m.retired}
    </StateBadge>
  );
}
