// Studio at a glance: how many profiles, what waits, what runs, who changed what.
import { Link } from "@tanstack/react-router";
import { useAll, useTotal } from "../../../api/all";
import { usePermissions } from "../../../api/session";
import type { Instance } from "../../../api/types";
import { formatNumber } from "../../../lib/format";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { studio } from "../../../messages/en/studio";
import { buttonClass } from "../../../ui/Button";
import { ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../../ui/Page";
import { PhaseBadge } from "../../../ui/StateBadge";
import { Stat, StatRow } from "../../../ui/Stat";
import { RecentChanges } from "../../admin/audit/RecentChanges";
import { adminPaths } from "../../admin/paths";
import { studioPaths } from "../paths";
import { kindOf, stateOf, useInstancesOf, useProfiles } from "../profiles/rows";
import { FirstHour } from "./FirstHour";
import { type StepId, firstHour } from "./first-hour";
import { countPhases, countTargets } from "./running";

const m = studio.home;

export function Home() {
  useTitle(m.title);
  const scope = useProjectScope();
  const { can, isLoading } = usePermissions(scope);
  const seesInstances = can("compute_instance.view") || can("service_instance.view");
  const system = useTotal("SystemProfile", {});
  const profiles = useProfiles(scope);
  const instances = useInstancesOf(scope.org, seesInstances);
  const bindings = useAll("RoleBinding", { org: scope.org }, { deep: true }, { enabled: can("role_binding.view") });
  const rows = profiles.rows ?? [];
  const known = profiles.rows !== undefined;
  const waiting = rows.filter((profile) => stateOf(profile) !== "published").length;
  const settled = known && !isLoading && (!seesInstances || instances.rows !== undefined);
  const steps = firstHour(rows, instances.rows ?? [], bindings.items ?? []);
  const unseen: StepId[] = [...(seesInstances ? [] : (["instance"] as const)), ...(seesInstances && can("role_binding.view") ? [] : (["launch"] as const))];
  const quick: [string, string, object?][] = [
    ...(can("compute_profile.publish") ? [[m.launchSystem, studioPaths.systemProfiles(scope)] as [string, string]] : []),
    ...(can("compute_profile.create") ? [[m.newCompute, studioPaths.newProfile(scope, "ComputeProfile")] as [string, string]] : []),
    ...(can("service_profile.create") ? [[m.newService, studioPaths.newProfile(scope, "ServiceProfile")] as [string, string]] : []),
    ...(can("compute_instance.create") ? [[m.createCompute, studioPaths.createCompute(scope)] as [string, string]] : []),
  ];
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} />
      {profiles.error && <ErrorPanel error={profiles.error} onRetry={profiles.refetch} />}
      {settled && steps.some((step) => !step.done && !unseen.includes(step.id)) && <FirstHour steps={steps} scope={scope} unseen={unseen} />}
      <StatRow>
        <Stat label={m.system} value={system} to={studioPaths.systemProfiles(scope)} />
        <Stat label={m.compute} value={known ? rows.filter((profile) => kindOf(profile) === "ComputeProfile").length : undefined} to={studioPaths.profiles(scope)} search={{ kind: "ComputeProfile" }} />
        <Stat label={m.service} value={known ? rows.filter((profile) => kindOf(profile) === "ServiceProfile").length : undefined} to={studioPaths.profiles(scope)} search={{ kind: "ServiceProfile" }} />
        <Stat label={m.drafts} value={known ? waiting : undefined} to={studioPaths.profiles(scope)} {...(waiting > 0 ? { search: { state: rows.some((profile) => stateOf(profile) === "draft") ? "draft" : "changed" }, note: m.draftsNote } : {})} />
      </StatRow>
      {quick.length > 0 && (
        <Section title={m.quick}>
          <div className="flex flex-wrap gap-2">
            {quick.map(([label, to]) => (
              <Link key={label} to={to} className={buttonClass()}>
                {label}
              </Link>
            ))}
          </div>
        </Section>
      )}
      <div className="grid gap-8 lg:grid-cols-2">
        {seesInstances && (
          <Section title={m.running} description={m.runningHelp}>
            {instances.error && <ErrorPanel error={instances.error} />}
            {!instances.rows && !instances.error && <Skeleton lines={4} />}
            {instances.rows && <Running rows={instances.rows} complete={instances.complete} total={instances.total} scope={scope} />}
          </Section>
        )}
        {can("audit_entry.view") && (
          <Section title={m.recent}>
            <RecentChanges org={scope.org} about={["compute_profile", "service_profile", "system_profile", "environment_template"]} />
          </Section>
        )}
      </div>
    </PageBody>
  );
}

function Running({ rows, complete, total, scope }: { rows: Instance[]; complete: boolean; total: number; scope: { org: string; project: string } }) {
  if (rows.length === 0) return <p className="text-muted">{m.nothingRuns}</p>;
  const targets = countTargets(rows);
  return (
    <div className="flex flex-col gap-4">
      <table className="w-full">
        <thead>
          <tr className="text-12 text-muted">
            <th scope="col" className="border-b border-line pb-1 text-left font-medium">
              {m.state}
            </th>
            <th scope="col" className="border-b border-line pb-1 text-right font-medium">
              {m.computes}
            </th>
            <th scope="col" className="border-b border-line pb-1 text-right font-medium">
              {m.services}
            </th>
          </tr>
        </thead>
        <tbody>
          {countPhases(rows).map(({ phase, computes, services }) => (
            <tr key={phase}>
              <td className="border-b border-line py-1.5">
                <Link to={studioPaths.instances(scope)} search={{ phase, in: "all" } as never} className="rounded-sm">
                  <PhaseBadge phase={phase} />
                </Link>
              </td>
              <td className="border-b border-line py-1.5 text-right">{formatNumber(computes)}</td>
              <td className="border-b border-line py-1.5 text-right">{formatNumber(services)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {targets.length > 0 && (
        <p>
          <span className="text-muted">{m.where}: </span>
          {targets.map(([target, count], index) => (
            <span key={target}>
              {index > 0 && ", "}
              <Link to={adminPaths.target(scope, target)} className="rounded-sm text-accent-ink underline underline-offset-2">
                {target}
              </Link>{" "}
              {formatNumber(count)}
            </span>
          ))}
        </p>
      )}
      {!complete && <p className="text-12 text-muted">{m.partial(rows.length, total)}</p>}
    </div>
  );
}
