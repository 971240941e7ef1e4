// "Launch into projects…": choose where, see what would be made and what is missing, then do it.
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useAll } from "../../../api/all";
import type { SystemProfile } from "../../../api/types";
import { useDebounced } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button, buttonClass } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel, Notice, Skeleton } from "../../../ui/Page";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { ProjectChoice } from "./ProjectChoice";
import { Seen } from "./Seen";
import { type LaunchAnswer, useLaunch, useLaunchCheck } from "./launch-answer";

const m = studio.launch;

export function LaunchDialog({ profile, scope, onClose }: { profile: SystemProfile; scope: { org: string; project: string }; onClose: () => void }) {
  const { name } = profile.metadata;
  const projects = useAll("Project", { org: scope.org }, { sort: "name" });
  const [all, setAll] = useState(false);
  // The project one is in stands first: it is the profiles' home.
  const [chosen, setChosen] = useState<string[]>([scope.project]);
  const request = useMemo(() => ({ org: scope.org, projects: all ? chosen.slice(0, 1) : chosen, all_projects: all }), [scope.org, chosen, all]);
  const check = useLaunchCheck(name, useDebounced(request, 200));
  const launch = useLaunch(name);
  const ready = chosen.length > 0;

  if (launch.data)
    return (
      <Dialog
        open
        wide
        onClose={onClose}
        title={m.doneTitle(rowName(profile))}
        footer={
          <>
            <Link to={paths.catalogue({ org: scope.org, project: chosen[0] ?? scope.project })} className={buttonClass()}>
              {m.catalogue}
            </Link>
            <Button variant="primary" onClick={onClose}>
              {m.done}
            </Button>
          </>
        }
      >
        <Items answer={launch.data} org={scope.org} words={m.results} />
        <Missing missing={launch.data.missing} />
      </Dialog>
    );
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={m.title(rowName(profile))}
      description={m.text}
      onSubmit={() => ready && launch.mutate(request)}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ready} busy={launch.isPending}>
            {m.launch}
          </Button>
        </>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-medium">{m.scope}</legend>
        {([false, true] as const).map((option) => (
          <label key={String(option)} className="flex gap-2">
            <input type="radio" name="launch-scope" checked={all === option} onChange={() => setAll(option)} className="mt-0.5 size-4 accent-accent" />
            {option ? m.all : m.some}
          </label>
        ))}
        {projects.error && <ErrorPanel error={projects.error} onRetry={projects.refetch} />}
        {!projects.items && !projects.error && <Skeleton lines={3} />}
        {projects.items && !all && <ProjectChoice projects={projects.items} chosen={chosen} onChange={setChosen} home={chosen[0]} />}
      </fieldset>
      {ready && <Seen profile={profile} scope={{ org: scope.org, project: chosen[0] ?? scope.project }} />}
      <section className="flex flex-col gap-2" aria-live="polite">
        <h3 className="font-medium">{m.check}</h3>
        {!ready && <p className="text-muted">{m.choose}</p>}
        {ready && check.error && <ErrorPanel error={check.error} onRetry={() => void check.refetch()} />}
        {ready && !check.data && !check.error && <p className="text-muted">{m.checking}</p>}
        {ready && check.data && !check.error && (
          <>
            <Items answer={check.data} org={scope.org} words={m.actions} />
            <Missing missing={check.data.missing} />
          </>
        )}
      </section>
      {launch.error && <ErrorPanel error={launch.error} />}
    </Dialog>
  );
}

function Items({ answer, org, words }: { answer: LaunchAnswer; org: string; words: Record<"created" | "updated" | "unchanged", string> }) {
  const tones = { created: "running", updated: "working", unchanged: "stopped" } as const;
  return (
    <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
      {answer.items.map((item) => {
        const profile = item.kind === "ComputeProfile" || item.kind === "ServiceProfile" ? item.kind : undefined;
        const linked = profile && words === m.results;
        return (
          <li key={`${item.kind}/${item.project}/${item.name}`} className="flex flex-wrap items-center gap-2 px-3 py-2">
            <Tag>{profile === "ServiceProfile" ? ui.serviceProfile : profile ? ui.computeProfile : item.kind}</Tag>
            {linked ? (
              <Link to={studioPaths.profile({ org, project: item.project }, profile, item.name)} className="rounded-sm font-medium text-accent-ink hover:underline">
                {item.name}
              </Link>
            ) : (
              <span className="font-medium">{item.name}</span>
            )}
            <span className="text-muted">{item.project}</span>
            <span className="ml-auto flex flex-wrap gap-2">
              {item.waits && <StateBadge tone="waiting">{ui.waitsForApproval}</StateBadge>}
              <StateBadge tone={tones[item.action]}>{words[item.action]}</StateBadge>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Missing({ missing }: { missing: string[] }) {
  if (missing.length === 0) return <p className="text-muted">{m.nothingMissing}</p>;
  return (
    <Notice tone="waiting">
      <p className="font-medium">{m.missing}</p>
      <ul className="list-disc pl-5">
        {missing.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p className="mt-1 text-muted">{m.missingText}</p>
    </Notice>
  );
}
