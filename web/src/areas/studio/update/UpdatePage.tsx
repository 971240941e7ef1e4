// A newer shipped version: what it changed, what was changed here, a choice for what both changed, and what comes out.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useObject } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { toYaml } from "../../../lib/yaml";
import { ui } from "../../../messages/en/ui";
import { update as m } from "../../../messages/en/update";
import { Button, buttonClass } from "../../../ui/Button";
import { LineDiff } from "../../../ui/LineDiff";
import { ErrorPanel, Notice, PageBody, PageHeader, PageSkeleton, Section, Skeleton } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { Segmented } from "../../../ui/Tabs";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../../lib/rows";
import { type ProfileKind, studioPaths } from "../paths";
import type { Profile } from "../profiles/rows";
import { Conflicts } from "./Conflicts";
import { type ParentUpdate, type Side, useApplyUpdate, useOutcome, useParentUpdate } from "./server";

export function UpdatePage() {
  const scope = useProjectScope();
  const { place = "", name = "" } = useParams({ strict: false }) as { place?: string; name?: string };
  const kind: ProfileKind = place === "compute" ? "ComputeProfile" : "ServiceProfile";
  const profile = useObject(kind, scope, name);
  const update = useParentUpdate(kind, scope, name);
  useTitle(m.title(name));
  const error = profile.error ?? update.error;
  if (error)
    return (
      <PageBody>
        <ErrorPanel error={error} onRetry={() => (void profile.refetch(), void update.refetch())} />
      </PageBody>
    );
  if (!profile.data || !update.data) return <PageSkeleton />;
  return <Update key={update.data.newest} profile={profile.data} update={update.data} kind={kind} scope={scope} />;
}

function Update({ profile, update, kind, scope }: { profile: Profile; update: ParentUpdate; kind: ProfileKind; scope: { org: string; project: string } }) {
  const navigate = useNavigate();
  const { name } = profile.metadata;
  const { can } = usePermissions(scope);
  const [sides, setSides] = useState<Record<string, Side>>({});
  const [view, setView] = useState<"result" | "theirs" | "ours">("result");
  const there = update.current !== update.newest;
  const open = update.conflicts.filter((conflict) => sides[conflict.path] === undefined).length;
  // Before everything is decided nothing comes out: the server would only say so.
  const outcome = useOutcome(kind, scope, name, sides, there && open === 0 && can(kind === "ComputeProfile" ? "compute_profile.update" : "service_profile.update"));
  const apply = useApplyUpdate(kind, scope, name);
  const parent = profile.spec.parent?.name ?? "";
  const back = studioPaths.profile(scope, kind, name);
  if (!there)
    return (
      <PageBody>
        <PageHeader title={m.title(rowName(profile))} description={m.upToDate(parent, update.current)} />
        <Link to={back} className={`${buttonClass()} self-start`}>
          {rowName(profile)}
        </Link>
      </PageBody>
    );
  const decideAll = (side: Side) => setSides(Object.fromEntries(update.conflicts.map((conflict) => [conflict.path, side])));
  return (
    <PageBody full>
      <PageHeader title={m.title(rowName(profile))} badges={<StateBadge tone="waiting">{m.available}</StateBadge>} description={m.text(parent, update.current, update.newest)} />
      {update.base === "" && <Notice>{m.noBase}</Notice>}
      <Section
        title={m.conflicts(update.conflicts.length)}
        {...(update.conflicts.length > 1
          ? {
              actions: (
                <span className="flex flex-wrap gap-2">
                  <Button size="small" onClick={() => decideAll("ours")}>
                    {m.allOurs}
                  </Button>
                  <Button size="small" onClick={() => decideAll("theirs")}>
                    {m.allTheirs}
                  </Button>
                </span>
              ),
            }
          : {})}
      >
        <Conflicts conflicts={update.conflicts} sides={sides} onChoose={(path, side) => setSides({ ...sides, [path]: side })} />
      </Section>
      <Section
        title={m.views[view]}
        actions={<Segmented label={m.view} value={view} onChange={setView} options={(["result", "theirs", "ours"] as const).map((value) => ({ value, label: m.views[value] }))} />}
      >
        {view === "theirs" && <LineDiff label={m.views.theirs} before={update.base} after={update.theirs} equal={m.equal} />}
        {view === "ours" && <LineDiff label={m.views.ours} before={update.base} after={update.ours} equal={m.equal} />}
        {view === "result" && open > 0 && <p className="text-muted">{m.resultOpen}</p>}
        {view === "result" && open === 0 && (
          <>
            <p className="text-muted">{m.resultHelp}</p>
            {outcome.error && <ErrorPanel error={outcome.error} />}
            {!outcome.data && !outcome.error && <Skeleton lines={5} />}
            {outcome.data && !outcome.error && <LineDiff label={m.views.result} before={toYaml(profile.spec)} after={toYaml(outcome.data.spec)} equal={m.equal} />}
          </>
        )}
      </Section>
      {apply.error && <ErrorPanel error={apply.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          disabled={open > 0 || !outcome.data || Boolean(outcome.error)}
          busy={apply.isPending}
          onClick={() =>
            apply.mutate(sides, {
              onSuccess: () => {
                toast(m.done(rowName(profile), update.newest));
                void navigate({ to: back });
              },
            })
          }
        >
          {m.apply}
        </Button>
        <Link to={back} className={buttonClass("quiet")}>
          {ui.cancel}
        </Link>
        <span role="status" className="text-muted">
          {open > 0 ? m.undecided(open) : m.applyHelp}
        </span>
      </div>
    </PageBody>
  );
}
