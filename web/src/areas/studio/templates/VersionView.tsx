// One version of a template, to read.
import type { TemplateVersion } from "../../../api/types";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { CodeBlock } from "../../../ui/CodeBlock";
import { KeyValue } from "../../../ui/KeyValue";
import { Markdown } from "../../../ui/Markdown";
import { Section } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { InputTable } from "../system/InputTable";

const m = studio.templates;

export function VersionView({ version }: { version: TemplateVersion }) {
  const body = version.process;
  return (
    <div className="flex flex-col gap-8">
      <Section title={m.inputs}>{(version.inputs ?? []).length === 0 ? <p className="text-muted">{m.noInputs}</p> : <InputTable fields={version.inputs ?? []} />}</Section>
      <Section title={m.overview}>
        <KeyValue
          entries={[
            (body?.requires ?? []).length > 0 && {
              label: m.requires,
              value: (
                <span className="flex flex-wrap gap-1">
                  {body.requires?.map((command) => (
                    <Tag key={command}>{command}</Tag>
                  ))}
                </span>
              ),
            },
            (body?.prepare ?? []).length > 0 && { label: m.prepare, value: body.prepare?.map((step) => step.title || step.name).join(", ") },
            (version.endpoints ?? []).length > 0 && {
              label: m.endpoints,
              value: (
                <ul>
                  {version.endpoints?.map((endpoint) => (
                    <li key={endpoint.name}>
                      {endpoint.title} <code>{endpoint.name}</code> · {ui.access[endpoint.access ?? "owner"]}
                    </li>
                  ))}
                </ul>
              ),
            },
            { label: m.network, value: m.networks[body?.network ?? "none"] },
            version.readiness && { label: m.readiness, value: m.readyAt(version.readiness.endpoint, version.readiness.path ?? "") },
          ]}
        />
      </Section>
      {(body?.command ?? []).length > 0 && (
        <Section title={m.command}>
          <CodeBlock code={(body.command ?? []).join("\n")} label={m.command} />
        </Section>
      )}
      {version.changelog && (
        <Section title={m.changelog}>
          <Markdown text={version.changelog} />
        </Section>
      )}
    </div>
  );
}
