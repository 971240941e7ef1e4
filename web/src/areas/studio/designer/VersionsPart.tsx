// Every saved version: who made it, which one people launch, and what differs between two.
import { useState } from "react";
import type { Revision } from "../../../api/types";
import { toYaml } from "../../../lib/yaml";
import { designer } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { SelectField } from "../../../ui/Field";
import { LineDiff } from "../../../ui/LineDiff";
import { EmptyState, ErrorPanel, Skeleton } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { useDesigner } from "./context";
import { type ProfileSpec, cleanSpec } from "./draft";
import { useRevisions } from "./server";

const m = designer.versions;
/** Stands for what is in the designer; generations are numbers. */
const NOW = "now";

export function VersionsPart() {
  const { kind, scope, profile, draft, setDraft, readOnly } = useDesigner();
  const query = useRevisions(kind, scope, profile);
  const published = profile?.status.published?.generation;
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState(NOW);
  if (!profile) return <EmptyState title={m.none} />;
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={4} />;
  const revisions = query.data;
  const chosenFrom = from ?? String(published ?? revisions[0]?.generation ?? "");
  const options = revisions.map((revision) => ({ value: String(revision.generation), label: m.version(revision.generation) }));
  return (
    <div className="flex flex-col gap-6">
      <p className="text-muted">{m.text}</p>
      <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
        {revisions.map((revision) => (
          <li key={revision.generation} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
            <span className="font-medium">{m.version(revision.generation)}</span>
            {revision.generation === published && <StateBadge tone="running">{m.published}</StateBadge>}
            <span className="text-muted">
              <RelativeTime at={revision.at} /> {m.by(revision.by)}
            </span>
            {!readOnly && (
              <Button
                size="small"
                className="ml-auto"
                onClick={() => {
                  setDraft({ ...draft, spec: revision.spec });
                  toast(m.restored(revision.generation));
                }}
              >
                {m.restore}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-3">
        <div className="grid max-w-xl gap-4 sm:grid-cols-2">
          <SelectField label={m.from} value={chosenFrom} onChange={setFrom} options={options} />
          <SelectField label={m.to} value={to} onChange={setTo} options={[{ value: NOW, label: m.draftNow }, ...options]} />
        </div>
        <LineDiff before={textOf(revisions, chosenFrom, draft.spec)} after={textOf(revisions, to, draft.spec)} label={m.diff} equal={m.equal} />
      </div>
    </div>
  );
}

function textOf(revisions: Revision<ProfileSpec>[], which: string, now: ProfileSpec): string {
  const spec = which === NOW ? now : revisions.find((revision) => String(revision.generation) === which)?.spec;
  return spec ? toYaml(sorted(cleanSpec(spec))).trimEnd() : "";
}

/** The same order of names in both texts, so that only real differences show. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)).map(([key, one]) => [key, sorted(one)]));
}
