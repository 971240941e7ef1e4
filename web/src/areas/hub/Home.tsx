// What is mine and what runs, and the shortest way to launch something again.
import { Link } from "@tanstack/react-router";
import { Boxes, Play } from "lucide-react";
import { useList } from "../../api/hooks";
import { useWatch } from "../../api/live";
import { useMe } from "../../api/session";
import type { Instance, Scope, Workspace } from "../../api/types";
import { useTitle } from "../../lib/hooks";
import { paths } from "../../lib/paths";
import { useProjectScope } from "../../lib/scope";
import { frame } from "../../messages/en/frame";
import { hub } from "../../messages/en/hub";
import { buttonClass } from "../../ui/Button";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../ui/Page";
import { PhaseBadge } from "../../ui/StateBadge";
import { Since } from "../../ui/Time";
import { LinkedCard } from "./catalogue/CardLink";
import { useCatalogue } from "./catalogue/cards";
import { OpenButtons } from "./instance/OpenButtons";
import { InstanceLink, instanceId } from "./instances/columns";
import { isUp, useInstances } from "./instances/instance-rows";
import { sortCards, useRemembered } from "./remembered";

const m = hub.home;
const QUICK = 3;

export function Home() {
  useTitle(frame.pages.home);
  const scope = useProjectScope();
  const me = useMe();
  const toCatalogue = (
    <Link to={paths.catalogue(scope)} className={buttonClass("primary")}>
      {m.toCatalogue}
    </Link>
  );
  return (
    <PageBody>
      <PageHeader title={m.title(me?.user.display_name || me?.user.name || "")} actions={toCatalogue} />
      <Running scope={scope} me={me?.user.name ?? ""} />
      <QuickLaunch scope={scope} />
      <Workspaces scope={scope} />
    </PageBody>
  );
}

/** Mine, and what failed; compute that came with a service is told by the service. */
function mine(rows: Instance[], me: string): Instance[] {
  const brought = new Set(rows.flatMap((row) => ("owns_compute" in row.spec && row.spec.owns_compute && row.spec.compute ? [`${row.metadata.workspace ?? ""}/${row.spec.compute}`] : [])));
  return rows.filter(
    (row) =>
      (row.spec.owner ?? row.metadata.created_by) === me &&
      (isUp(row.status.phase) || row.status.phase === "failed") &&
      !(row.kind === "ComputeInstance" && brought.has(`${row.metadata.workspace ?? ""}/${row.metadata.name}`)),
  );
}

function Running({ scope, me }: { scope: Scope; me: string }) {
  const list = useInstances(scope);
  const rows = list.rows && mine(list.rows, me);
  return (
    <Section
      title={m.running}
      description={m.runningText}
      actions={
        <Link to={paths.instances(scope)} className={buttonClass("quiet", "small")}>
          {m.allInstances}
        </Link>
      }
    >
      {list.error && !rows ? (
        <ErrorPanel error={list.error} onRetry={list.refetch} />
      ) : !rows ? (
        <Skeleton lines={3} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<Play size={28} aria-hidden />} title={m.nothingRuns}>
          {m.nothingRunsText}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line rounded-md border border-line">
          {rows.map((row) => (
            <li key={instanceId(row)} className="grid grid-cols-1 items-center gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_120px_150px_auto]">
              <div className="min-w-0">
                <div className="font-medium">
                  <InstanceLink row={row} />
                </div>
                <p className="truncate text-12 text-muted">
                  {row.metadata.workspace} · {row.spec.profile.name}
                  {row.status.phase === "failed" && row.status.message ? ` · ${row.status.message}` : ""}
                </p>
              </div>
              <div>
                <PhaseBadge phase={row.status.phase} />
              </div>
              <div className="text-muted sm:text-right">
                {row.status.phase === "running" && row.status.running_since && <Since at={row.status.running_since} />}
                {row.kind === "ComputeInstance" && "queue" in row.status && row.status.queue && hub.instance.queue(row.status.queue.position)}
              </div>
              <div className="flex justify-end gap-2 sm:min-w-40">{row.kind === "ServiceInstance" && "endpoints" in row.status && <OpenButtons instance={row as never} size="small" most={1} />}</div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function QuickLaunch({ scope }: { scope: Scope }) {
  const cards = useCatalogue(scope);
  const { preferences, settled } = useRemembered(scope);
  const { favourites, recent, others } = sortCards(cards.data ?? [], scope, preferences, QUICK);
  // Whoever launched nothing yet is shown services first: they bring the compute they need.
  const first = others.sort((a, b) => Number(b.kind === "ServiceProfile") - Number(a.kind === "ServiceProfile"));
  const quick = [...favourites, ...recent, ...first].slice(0, Math.max(QUICK, favourites.length));
  if (cards.data && quick.length === 0) return null;
  return (
    <Section title={favourites.length + recent.length > 0 ? m.quick : m.quickFirst}>
      {cards.data && settled ? (
        <ul className="grid gap-4 sm:grid-cols-[repeat(auto-fill,minmax(300px,1fr))]">
          {quick.map((card) => (
            <li key={`${card.kind}/${card.project}/${card.name}`}>
              <LinkedCard card={card} scope={scope} />
            </li>
          ))}
        </ul>
      ) : cards.error ? (
        <ErrorPanel error={cards.error} onRetry={() => void cards.refetch()} />
      ) : (
        <Skeleton lines={4} />
      )}
    </Section>
  );
}

function Workspaces({ scope }: { scope: Scope }) {
  const list = useList("Workspace", scope, { limit: 6, sort: "-updated_at" });
  const instances = useInstances(scope);
  useWatch(["Workspace"], scope);
  const count = (workspace: Workspace) => instances.rows?.filter((row) => row.metadata.workspace === workspace.metadata.name).length ?? 0;
  return (
    <Section
      title={m.workspaces}
      actions={
        <Link to={paths.workspaces(scope)} className={buttonClass("quiet", "small")}>
          {m.allWorkspaces}
        </Link>
      }
    >
      {list.error && !list.items ? (
        <ErrorPanel error={list.error} onRetry={list.refetch} />
      ) : !list.items ? (
        <Skeleton lines={3} />
      ) : list.items.length === 0 ? (
        <EmptyState icon={<Boxes size={28} aria-hidden />} title={hub.workspaces.empty}>
          {hub.workspaces.emptyText}
        </EmptyState>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-[repeat(auto-fill,minmax(260px,1fr))]">
          {list.items.map((workspace) => (
            <li key={workspace.metadata.uid} className="relative rounded-md border border-line px-4 py-3 hover:border-line-strong">
              <Link to={paths.workspace({ ...scope, workspace: workspace.metadata.name })} className="rounded-sm font-medium after:absolute after:inset-0">
                {workspace.metadata.display_name || workspace.metadata.name}
              </Link>
              <p className="truncate text-muted">{workspace.metadata.description || m.instances(count(workspace))}</p>
              {workspace.metadata.description && <p className="text-12 text-muted">{m.instances(count(workspace))}</p>}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
