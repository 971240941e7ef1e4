// One shipped profile: what it is, what it asks, what changed; launching and customising it.
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useObject } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { Size } from "../../../api/types";
import { formatBytes, formatCpu } from "../../../lib/format";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { DocumentationLink } from "../../../ui/DocumentationLink";
import { KeyValue } from "../../../ui/KeyValue";
import { Markdown } from "../../../ui/Markdown";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton, Section, Skeleton } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { CustomiseDialog } from "./CustomiseDialog";
import { InputTable } from "./InputTable";
import { LaunchDialog } from "./LaunchDialog";
import { MadeFrom } from "./MadeFrom";
import { useOffered } from "./SystemProfiles";
import { bodyOf } from "./body";

const m = studio.system;

/** A size as it stands in a profile, expressions included. */
export function rawSize(size: Size): string {
  const amount = (value: number | string, format: (value: number) => string) => (typeof value === "number" ? format(value) : value);
  const parts = [amount(size.cpu_millis, formatCpu), amount(size.memory_bytes, formatBytes)];
  if (size.gpu) parts.unshift(`${size.gpu.count} × ${size.gpu.model || ui.anyGpu}`);
  return parts.join(" · ");
}

export function SystemProfilePage() {
  const scope = useProjectScope();
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const query = useObject("SystemProfile", {}, name);
  const { can } = usePermissions(scope);
  const offered = useOffered(scope);
  const [open, setOpen] = useState<"launch" | "customise">();
  const profile = query.data;
  const body = profile && bodyOf(profile);
  const template = useObject("EnvironmentTemplate", {}, body?.template.name ?? "", { enabled: body !== undefined });
  useTitle(profile ? rowName(profile) : name);
  if (query.error)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!profile || !body) return <PageSkeleton />;
  const subject = profile.spec.workload === "compute" ? "compute_profile" : "service_profile";
  const fields = template.data?.spec.versions.find((version) => version.version === body.template.version)?.inputs ?? [];
  const here = offered.get(name);
  return (
    <PageBody>
      <PageHeader
        icon={<ProfileIcon name={body.card.icon} />}
        title={rowName(profile)}
        badges={
          <>
            <Tag>{profile.spec.workload === "service" ? ui.serviceProfile : ui.computeProfile}</Tag>
            <Tag>{m.version(profile.spec.version)}</Tag>
            {body.card.tags?.map((tag) => (
              <Link key={tag} to={studioPaths.systemProfiles(scope)} search={{ tag } as never} className="rounded-sm hover:underline">
                <Tag>{tag}</Tag>
              </Link>
            ))}
            {here && <StateBadge tone="running">{m.offeredHere}</StateBadge>}
          </>
        }
        description={profile.metadata.description}
        actions={
          <>
            {can(`${subject}.create`) && <Button onClick={() => setOpen("customise")}>{m.customise}</Button>}
            {can(`${subject}.publish`) && (
              <Button variant="primary" onClick={() => setOpen("launch")}>
                {m.launch}
              </Button>
            )}
          </>
        }
      />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-8">
          <MadeFrom profile={profile} scope={scope} />
          <Section title={m.documentation}>
            {body.card.documentation ? <Markdown text={body.card.documentation} /> : <p className="text-muted">{m.noDocumentation}</p>}
          </Section>
          <Section title={m.inputs}>
            {template.error ? <ErrorPanel error={template.error} /> : !template.data ? <Skeleton lines={3} /> : <InputTable fields={fields} {...(body.inputs ? { rules: body.inputs } : {})} />}
          </Section>
        </div>
        <aside className="flex flex-col gap-6 rounded-md border border-line bg-sunken p-4">
          <Section title={m.facts}>
            <KeyValue
              entries={[
                {
                  label: m.template,
                  value: (
                    <Link to={studioPaths.template(scope, "shipped", body.template.name)} search={{ version: body.template.version } as never} className="rounded-sm text-accent-ink hover:underline">
                      {body.template.name} {body.template.version}
                    </Link>
                  ),
                },
                "size" in body ? { label: m.size, value: rawSize(body.size) } : null,
                body.card.documentation_url ? { label: m.page, value: <DocumentationLink url={body.card.documentation_url} about={rowName(profile)} /> } : null,
                body.price ? { label: m.price, value: ui.perHour(body.price.per_hour) } : null,
                "compute" in body && body.compute.auto_create ? { label: m.autoCreates, value: <code>{body.compute.auto_create}</code> } : null,
                {
                  label: m.requires,
                  value:
                    (profile.spec.requires ?? []).length === 0 ? (
                      m.noRequires
                    ) : (
                      <span className="flex flex-wrap gap-1">
                        {profile.spec.requires?.map((one) => (
                          <Tag key={one}>{one}</Tag>
                        ))}
                      </span>
                    ),
                },
              ]}
            />
          </Section>
          {profile.spec.changelog && (
            <Section title={m.changelog}>
              <Markdown text={profile.spec.changelog} />
            </Section>
          )}
        </aside>
      </div>
      {open === "launch" && <LaunchDialog profile={profile} scope={scope} onClose={() => setOpen(undefined)} />}
      {open === "customise" && <CustomiseDialog profile={profile} scope={scope} onClose={() => setOpen(undefined)} />}
    </PageBody>
  );
}
