// What an instance is doing and what it offers.
import { Link } from "@tanstack/react-router";
import { useList } from "../../../api/hooks";
import { scopeOf } from "../../../api/kinds";
import type { ComputeInstance, Instance, ServiceInstance } from "../../../api/types";
import { formatBytes, formatCpu } from "../../../lib/format";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { CopyButton } from "../../../ui/CopyButton";
import { Isolation } from "../../../ui/Isolation";
import { KeyValue } from "../../../ui/KeyValue";
import { Notice, Section } from "../../../ui/Page";
import { SizeLine } from "../../../ui/SizeLine";
import { PhaseBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime, Since } from "../../../ui/Time";
import { Timeline } from "../../../ui/Timeline";

const m = hub.instance;

function StateNotice({ instance }: { instance: Instance }) {
  const { phase, message } = instance.status;
  const queue = "queue" in instance.status ? instance.status.queue : undefined;
  if (phase === "failed")
    return (
      <div role="alert">
        <Notice tone="failed">
          <p className="font-medium">{m.failed}</p>
          {message && <p className="break-words">{message}</p>}
        </Notice>
      </div>
    );
  if (queue)
    return (
      <Notice tone="waiting">
        <p className="font-medium">{m.queue(queue.position)}</p>
        <p>{queue.reason}</p>
        <p className="text-12">
          {m.waiting} <RelativeTime at={queue.since} />
        </p>
      </Notice>
    );
  return message ? <Notice>{message}</Notice> : null;
}

function Columns({ instance, children, aside }: { instance: Instance; children: React.ReactNode; aside: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-6">
      <StateNotice instance={instance} />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="flex min-w-0 flex-col gap-8">{children}</div>
        <div className="flex min-w-0 flex-col gap-8">{aside}</div>
      </div>
    </div>
  );
}

function profileEntry(instance: Instance) {
  const { name, generation } = instance.spec.profile;
  return {
    label: m.profile,
    value: (
      <>
        {name} {generation !== undefined && <span className="text-muted">{m.generation(generation)}</span>}
      </>
    ),
  };
}

export function ServiceOverview({ instance }: { instance: ServiceInstance }) {
  const { spec, status, metadata } = instance;
  const endpoints = status.endpoints ?? [];
  const outputs = status.outputs ?? [];
  return (
    <Columns
      instance={instance}
      aside={
        <>
          <Section title={m.details}>
            <KeyValue
              entries={[
                profileEntry(instance),
                { label: m.owner, value: spec.owner ?? metadata.created_by },
                spec.compute && {
                  label: m.compute,
                  value: (
                    <Link to={paths.instance("ComputeInstance", scopeOf(metadata), spec.compute)} className="rounded-sm text-accent-ink underline underline-offset-2">
                      {spec.compute}
                    </Link>
                  ),
                },
                status.isolation && { label: ui.isolation, value: <Isolation text={status.isolation} /> },
                { label: m.createdBy, value: <RelativeTime at={metadata.created_at} /> },
              ]}
            />
          </Section>
          <Section title={m.activity}>
            <KeyValue
              entries={[
                { label: m.lastUsed, value: status.last_activity_at ? <RelativeTime at={status.last_activity_at} /> : m.neverUsed },
                status.running_since && status.phase === "running" && { label: m.runningFor, value: <Since at={status.running_since} /> },
                { label: m.restarts, value: status.restarts },
                status.exit_code !== undefined && { label: m.exitCode, value: <code>{status.exit_code}</code> },
              ]}
            />
          </Section>
        </>
      }
    >
      <Section title={m.timeline}>
        <Timeline steps={status.timeline ?? []} />
      </Section>
      {endpoints.length > 0 && (
        <Section title={m.endpoints}>
          <ul className="divide-y divide-line rounded-md border border-line">
            {endpoints.map((endpoint) => (
              <li key={endpoint.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                <span className="font-medium">{endpoint.title}</span>
                <Tag>{ui.access[endpoint.access]}</Tag>
                {!endpoint.ready && status.phase !== "stopped" && status.phase !== "succeeded" && <span className="text-12 text-muted">{m.notReady}</span>}
                <span className="ml-auto flex min-w-0 items-center gap-1">
                  <code className="truncate text-muted">{endpoint.url}</code>
                  <CopyButton text={endpoint.url} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {outputs.length > 0 && (
        <Section title={m.outputs}>
          <KeyValue
            entries={outputs.map((output) => ({
              label: output.label || output.name,
              value: (
                <span className="flex min-w-0 items-center gap-1">
                  <code className="truncate">{output.value}</code>
                  <CopyButton text={output.value} />
                </span>
              ),
            }))}
          />
        </Section>
      )}
    </Columns>
  );
}

export function ComputeOverview({ instance }: { instance: ComputeInstance }) {
  const { spec, status, metadata } = instance;
  const scope = scopeOf(metadata);
  const services = useList("ServiceInstance", scope, { limit: 200 });
  const here = services.items?.filter((service) => service.spec.compute === metadata.name) ?? [];
  const allocation = status.allocation;
  return (
    <Columns
      instance={instance}
      aside={
        <Section title={m.details}>
          <KeyValue
            entries={[
              profileEntry(instance),
              { label: m.owner, value: spec.owner ?? metadata.created_by },
              { label: hub.launch.size, value: <SizeLine size={status.size} /> },
              { label: m.createdBy, value: <RelativeTime at={metadata.created_at} /> },
              !allocation && { label: m.allocation, value: <span className="text-muted">{m.holdsNothing}</span> },
              allocation && { label: hub.launch.target, value: allocation.target },
              allocation && { label: m.node, value: allocation.node },
              allocation && { label: m.allocation, value: `${formatCpu(allocation.cpu_millis)} · ${formatBytes(allocation.memory_bytes)}` },
              allocation !== undefined &&
                allocation.gpus.length > 0 && {
                  label: m.gpus,
                  value: (
                    <span className="flex flex-wrap items-center gap-1">
                      {allocation.gpus.map((gpu) => (
                        <code key={gpu}>{gpu}</code>
                      ))}
                      {allocation.simulated && <Tag>{m.simulated}</Tag>}
                    </span>
                  ),
                },
            ]}
          />
        </Section>
      }
    >
      <Section title={m.timeline}>
        <Timeline steps={status.timeline ?? []} />
      </Section>
      <Section title={m.services}>
        {here.length === 0 ? (
          <p className="text-muted">{m.noServices}</p>
        ) : (
          <ul className="divide-y divide-line rounded-md border border-line">
            {here.map((service) => (
              <li key={service.metadata.uid} className="flex items-center justify-between gap-3 px-3 py-2">
                <Link to={paths.instance("ServiceInstance", scope, service.metadata.name)} className="rounded-sm font-medium hover:underline">
                  {service.metadata.display_name || service.metadata.name}
                </Link>
                <PhaseBadge phase={service.status.phase} />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </Columns>
  );
}
