// Administration at a glance: how much there is, what is taken, what changed.
import { Link } from "@tanstack/react-router";
import { useAll, useTotal } from "../../api/all";
import { useWatch } from "../../api/live";
import { usePermissions } from "../../api/session";
import { formatBytes, formatCpu, formatNumber } from "../../lib/format";
import { useTitle } from "../../lib/hooks";
import { useProjectScope } from "../../lib/scope";
import { admin as m } from "../../messages/en/admin";
import { frame } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import { Meter } from "../../ui/Meter";
import { ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../ui/Page";
import { Stat, StatRow } from "../../ui/Stat";
import { RecentChanges } from "./audit/RecentChanges";
import { rowName } from "../../lib/rows";
import { adminPaths } from "./paths";
import { summarize } from "./targets/summary";
import { TargetState } from "./targets/Targets";

export function Home() {
  useTitle(frame.areas.administration);
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const projects = useTotal("Project", { org });
  const users = useTotal("User", {}, {}, can("user.view"));
  const bindings = useTotal("RoleBinding", { org }, { deep: true }, can("role_binding.view"));
  const targets = useAll("Target", {}, { sort: "name" });
  useWatch(["Target", "Project", "User"], {});
  return (
    <PageBody>
      <PageHeader title={frame.areas.administration} badges={<code className="text-muted">{org}</code>} />
      <StatRow>
        <Stat label={nav.admin.projects} value={projects} to={adminPaths.projects({ org })} />
        <Stat label={nav.admin.users} value={users} to={adminPaths.users({ org })} />
        <Stat label={nav.admin.bindings} value={bindings} to={adminPaths.bindings({ org })} />
        <Stat label={nav.admin.targets} value={targets.total} to={adminPaths.targets({ org })} />
      </StatRow>
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]">
        <Section title={m.home.capacity}>
          {targets.error && <ErrorPanel error={targets.error} onRetry={targets.refetch} />}
          {!targets.items && !targets.error && <Skeleton lines={4} />}
          {targets.items?.length === 0 && <p className="text-muted">{m.targets.empty.text}</p>}
          {targets.items?.map((target) => {
            const { cpuMillis, memoryBytes, gpus, usedGpus, simulated } = summarize(target);
            const usage = target.status.usage ?? { cpu_millis: 0, memory_bytes: 0 };
            return (
              <div key={target.metadata.uid} className="flex flex-col gap-3 border-b border-line pb-4 last:border-b-0">
                <div className="flex flex-wrap items-center gap-3">
                  <Link to={adminPaths.target({ org }, target.metadata.name)} className="rounded-sm font-medium hover:underline">
                    {rowName(target)}
                  </Link>
                  <TargetState target={target} />
                </div>
                <div className="grid gap-x-8 gap-y-3 md:grid-cols-3">
                  <Meter label={m.targets.cpu} used={usage.cpu_millis} total={cpuMillis} text={m.targets.of(formatNumber(usage.cpu_millis / 1000), formatCpu(cpuMillis))} />
                  <Meter label={m.targets.memory} used={usage.memory_bytes} total={memoryBytes} text={m.targets.of(formatBytes(usage.memory_bytes), formatBytes(memoryBytes))} />
                  {gpus > 0 && <Meter label={simulated ? m.home.simulated : m.targets.gpus} used={usedGpus} total={gpus} text={m.targets.gpusOf(usedGpus, gpus)} />}
                </div>
              </div>
            );
          })}
        </Section>
        {can("audit_entry.view") && (
          <Section
            title={m.home.recent}
            actions={
              <Link to={adminPaths.audit({ org })} className="rounded-sm text-accent-ink hover:underline">
                {m.home.allAudit}
              </Link>
            }
          >
            <RecentChanges org={org} />
          </Section>
        )}
      </div>
    </PageBody>
  );
}
