// Every version: who published it, with which note, how many run it, what differs between two, and the way back.
import { useState } from "react";
import { useAction } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { Revision } from "../../../api/types";
import type { ProfileVersion } from "../../../api/types-versions";
import { designer } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { SelectField } from "../../../ui/Field";
import { LineDiff } from "../../../ui/LineDiff";
import { MoreMenu } from "../../../ui/Menu";
import { EmptyState, ErrorPanel, Skeleton } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { type Profile, useInstancesOf } from "../profiles/rows";
import { VersionBadge } from "./VersionBadge";
import { VersionDialog } from "./VersionDialog";
import { useDesigner } from "./context";
import type { ProfileSpec } from "./draft";
import { useRevisions } from "./server";
import { specText } from "./spec-text";
import { versionsOf } from "./versions";

const m = designer.versions;
/** Stands for what is in the designer; generations are numbers. */
const NOW = "now";

export function VersionsPart() {
  const { kind, scope, profile, draft, adopt, readOnly } = useDesigner();
  const { can } = usePermissions(scope);
  const mayPublish = can(`${kind === "ComputeProfile" ? "compute_profile" : "service_profile"}.publish`);
  const query = useRevisions(kind, scope, profile);
  const instances = useInstancesOf(scope.org, can("compute_instance.view") && profile !== undefined);
  const rollback = useAction(kind);
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState(NOW);
  const [editing, setEditing] = useState<ProfileVersion>();
  if (!profile) return <EmptyState title={m.none} />;
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={4} />;
  const revisions = query.data;
  const versions = versionsOf(profile);
  const drafts = revisions.filter((revision) => !versions.some((version) => version.generation === revision.generation));
  const name = (generation: number) => {
    const version = versions.find((one) => one.generation === generation);
    if (version) return version.number > 0 ? m.version(version.number) : m.generation(generation);
    return m.draft(generation);
  };
  const running = (generation: number) =>
    instances.rows?.filter(
      (instance) =>
        instance.kind === (kind === "ComputeProfile" ? "ComputeInstance" : "ServiceInstance") &&
        instance.spec.profile.name === profile.metadata.name &&
        (instance.spec.profile.project ?? instance.metadata.project) === scope.project &&
        instance.spec.profile.generation === generation,
    ).length;
  const back = (generation: number) =>
    rollback.mutate(
      { object: profile as never, action: "rollback", body: { generation } },
      {
        onSuccess: (stored) => {
          adopt(stored as Profile);
          toast(m.rolledBack(name(generation)));
        },
      },
    );
  const chosenFrom = from ?? String(profile.status.published?.generation ?? revisions[0]?.generation ?? "");
  const options = revisions.map((revision) => ({ value: String(revision.generation), label: name(revision.generation) }));
  return (
    <div className="flex flex-col gap-6">
      <p className="text-muted">{m.text}</p>
      {rollback.error && <ErrorPanel error={rollback.error} />}
      {versions.length === 0 && <p className="text-muted">{m.neverPublished}</p>}
      {versions.length > 0 && (
        <ul aria-label={m.list} className="flex flex-col divide-y divide-line rounded-md border border-line">
          {versions.map((version) => {
            const count = running(version.generation);
            const isDraft = profile.metadata.generation === version.generation;
            return (
              <li key={version.generation} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2">
                <div className="flex min-w-0 flex-1 flex-col gap-0.5">
                  <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <span className="font-medium">{name(version.generation)}</span>
                    <VersionBadge state={version.state} />
                    {count !== undefined && count > 0 && <span className="text-muted">{m.running(count)}</span>}
                  </span>
                  {version.note && <span className="break-words whitespace-pre-wrap">{version.note}</span>}
                  <span className="text-12 text-muted">
                    <RelativeTime at={version.at} /> {m.by(version.by)}
                    {version.upgrade_by && (
                      <>
                        {" · "}
                        {m.upgradeBy} <RelativeTime at={version.upgrade_by} />
                      </>
                    )}
                  </span>
                </div>
                <span className="flex items-center gap-1">
                  {!readOnly && !isDraft && version.state !== "retired" && (
                    <Button size="small" busy={rollback.isPending} onClick={() => back(version.generation)} aria-label={m.rollBackTo(name(version.generation))}>
                      {m.rollBack}
                    </Button>
                  )}
                  {mayPublish && version.number > 0 && <MoreMenu label={m.actions(name(version.generation))} entries={[{ label: m.edit, onSelect: () => setEditing(version) }]} />}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {drafts.length > 0 && (
        <details className="rounded-md border border-line">
          <summary className="cursor-pointer px-3 py-2">{m.drafts(drafts.length)}</summary>
          <ul className="flex max-h-72 flex-col divide-y divide-line overflow-auto border-t border-line">
            {drafts.map((revision) => (
              <li key={revision.generation} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
                <span className="min-w-0 flex-1 text-muted">
                  {name(revision.generation)} · <RelativeTime at={revision.at} /> {m.by(revision.by)}
                </span>
                {!readOnly && revision.generation !== profile.metadata.generation && (
                  <Button size="small" busy={rollback.isPending} onClick={() => back(revision.generation)} aria-label={m.rollBackTo(name(revision.generation))}>
                    {m.rollBack}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      <section className="flex flex-col gap-3">
        <h3 className="font-semibold">{m.compare}</h3>
        <div className="grid max-w-xl gap-4 sm:grid-cols-2">
          <SelectField label={m.from} value={chosenFrom} onChange={setFrom} options={options} />
          <SelectField label={m.to} value={to} onChange={setTo} options={[{ value: NOW, label: m.draftNow }, ...options]} />
        </div>
        <LineDiff before={textOf(revisions, chosenFrom, draft.spec)} after={textOf(revisions, to, draft.spec)} label={m.diff} equal={m.equal} />
      </section>
      {editing && <VersionDialog profile={profile} version={editing} title={name(editing.generation)} onClose={() => setEditing(undefined)} />}
    </div>
  );
}

function textOf(revisions: Revision<ProfileSpec>[], which: string, now: ProfileSpec): string {
  return specText(which === NOW ? now : revisions.find((revision) => String(revision.generation) === which)?.spec);
}
