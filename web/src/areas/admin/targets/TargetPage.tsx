// One target: what it has, what is taken and by whom, and whether it is well.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../api/client";
import { useObject, useUpdate } from "../../../api/hooks";
import { itemPath } from "../../../api/kinds";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Condition, InstanceEvent, Target } from "../../../api/types";
import { formatBytes, formatCpu, formatNumber } from "../../../lib/format";
import { useTitle } from "../../../lib/hooks";
import { admin as m } from "../../../messages/en/admin";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { KeyValue } from "../../../ui/KeyValue";
import { MoreMenu } from "../../../ui/Menu";
import { Meter } from "../../../ui/Meter";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton, Section } from "../../../ui/Page";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { rowName } from "../../../lib/rows";
import { Inventory } from "./Inventory";
import { summarize } from "./summary";
import { TargetSettings } from "./TargetSettings";
import { TargetState } from "./Targets";

export function TargetPage() {
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const query = useObject("Target", {}, name);
  useWatch(["Target"], {});
  const { can } = usePermissions({});
  const update = useUpdate("Target");
  const [open, setOpen] = useState<"cordon" | "settings">();
  const target = query.data;
  const title = target ? rowName(target) : name;
  useTitle(title);
  if (query.error)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!target) return <PageSkeleton />;
  const cordon = (cordoned: boolean) => update.mutateAsync({ object: target, spec: { ...target.spec, cordoned } });
  const mayChange = can("target.update");
  return (
    <PageBody>
      <PageHeader
        title={title}
        badges={<TargetState target={target} />}
        description={target.metadata.description || m.targets.types[target.spec.type]}
        actions={
          mayChange && (
            <>
              {target.spec.cordoned ? (
                <Button busy={update.isPending} onClick={() => void cordon(false).catch(() => undefined)}>
                  {m.targets.uncordon}
                </Button>
              ) : (
                <Button onClick={() => setOpen("cordon")}>{m.targets.cordon}</Button>
              )}
              <MoreMenu entries={[{ label: `${m.targets.settings}…`, onSelect: () => setOpen("settings") }]} />
            </>
          )
        }
      />
      {update.error && <ErrorPanel error={update.error} />}
      <Allocation target={target} />
      <Inventory target={target} />
      <div className="grid gap-8 lg:grid-cols-2">
        <Section title={m.targets.conditions}>
          <Conditions conditions={target.status.conditions ?? []} />
        </Section>
        <Section title={m.targets.isolation}>
          <p className="max-w-prose">{target.status.isolation || m.common.none}</p>
          <KeyValue
            entries={[
              {
                label: m.targets.commands,
                value: (
                  <span className="flex flex-wrap gap-1">
                    {(target.status.commands ?? []).map((command) => (
                      <Tag key={command}>{command}</Tag>
                    ))}
                  </span>
                ),
              },
              { label: m.targets.seen, value: target.status.seen_at ? <RelativeTime at={target.status.seen_at} /> : m.common.none },
            ]}
          />
        </Section>
      </div>
      <Events name={name} />
      <ConfirmDialog open={open === "cordon"} onClose={() => setOpen(undefined)} title={m.targets.cordonTitle(title)} verb={m.targets.cordon} danger={false} onConfirm={() => cordon(true)}>
        <p>{m.targets.cordonText}</p>
      </ConfirmDialog>
      {open === "settings" && <TargetSettings target={target} onClose={() => setOpen(undefined)} />}
    </PageBody>
  );
}

export function Allocation({ target }: { target: Target }) {
  const { cpuMillis, memoryBytes, gpus, usedGpus } = summarize(target);
  const usage = target.status.usage ?? { cpu_millis: 0, memory_bytes: 0, instances: 0, queued: 0 };
  return (
    <Section title={m.targets.allocation}>
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-3">
        <Meter label={m.targets.cpu} used={usage.cpu_millis} total={cpuMillis} text={m.targets.of(formatNumber(usage.cpu_millis / 1000), formatCpu(cpuMillis))} />
        <Meter label={m.targets.memory} used={usage.memory_bytes} total={memoryBytes} text={m.targets.of(formatBytes(usage.memory_bytes), formatBytes(memoryBytes))} />
        {gpus > 0 && <Meter label={m.targets.gpus} used={usedGpus} total={gpus} text={m.targets.gpusOf(usedGpus, gpus)} />}
      </div>
      <p className="text-muted">
        {m.targets.instances}: {formatNumber(usage.instances)} · {m.targets.queued}: {formatNumber(usage.queued)}
      </p>
    </Section>
  );
}

function Conditions({ conditions }: { conditions: Condition[] }) {
  if (conditions.length === 0) return <p className="text-muted">{m.targets.unknown}</p>;
  return (
    <ul className="flex flex-col gap-3">
      {conditions.map((condition) => (
        <li key={condition.type} className="flex flex-col gap-0.5">
          <div className="flex flex-wrap items-center gap-2">
            <StateBadge tone={condition.status === true ? "running" : condition.status === false ? "failed" : "waiting"}>
              {condition.status === true ? m.targets.conditionYes : condition.status === false ? m.targets.conditionNo : m.targets.conditionUnknown}
            </StateBadge>
            <span className="font-medium">{condition.type}</span>
            <span className="text-12 text-muted">
              <RelativeTime at={condition.since} />
            </span>
          </div>
          {condition.message && <p className="text-muted">{condition.message}</p>}
        </li>
      ))}
    </ul>
  );
}

function Events({ name }: { name: string }) {
  const query = useQuery({
    queryKey: ["events", "Target", name],
    queryFn: ({ signal }) => api.get<{ items: InstanceEvent[] }>(`${itemPath("Target", {}, name)}/events`, undefined, signal),
    refetchInterval: 30_000,
  });
  return (
    <Section title={m.targets.events}>
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <p className="text-muted">{m.targets.noEvents}</p>}
      {query.data && query.data.items.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
          {query.data.items.map((event, index) => (
            <li key={index} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2">
              <span className="w-28 shrink-0 text-12 text-muted">
                <RelativeTime at={event.at} />
              </span>
              <StateBadge tone={event.severity === "warning" ? "waiting" : "stopped"}>{event.reason}</StateBadge>
              <span className="min-w-0 flex-1 break-words">{event.message}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
