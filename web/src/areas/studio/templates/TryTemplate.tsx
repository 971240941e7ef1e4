// The form a template makes, filled with sample values: the same components and the same endpoint as for developers.
import { useState } from "react";
import { usePermissions } from "../../../api/session";
import type { EnvironmentTemplate, TemplateVersion } from "../../../api/types";
import { ProfileForm } from "../../../forms/ProfileForm";
import { toYaml } from "../../../lib/yaml";
import { templates } from "../../../messages/en/templates";
import { CodeBlock } from "../../../ui/CodeBlock";
import { ErrorPanel, Notice, Section, Skeleton } from "../../../ui/Page";
import { Rendered } from "../designer/DryRun";
import { emptyDraft } from "../designer/draft";
import { OWN_LOOK, type PreviewValues, usePreview } from "../designer/server";

const m = templates.try;

interface TryProps {
  template: EnvironmentTemplate;
  version: TemplateVersion;
  scope: { org: string; project: string };
}

export function TryTemplate(props: TryProps) {
  const { can, isLoading } = usePermissions(props.scope);
  const subject = props.template.spec.workload === "compute" ? "compute_profile" : "service_profile";
  if (isLoading) return <Skeleton lines={6} />;
  if (!can(`${subject}.update`)) return <p className="text-muted">{m.notAllowed}</p>;
  return <Trial key={props.version.version} {...props} />;
}

function Trial({ template, version, scope }: TryProps) {
  const kind = template.spec.workload === "compute" ? "ComputeProfile" : "ServiceProfile";
  const [spec] = useState(() => ({ ...emptyDraft(kind).spec, template: { name: template.metadata.name, version: version.version } }));
  const [values, setValues] = useState<PreviewValues>({ inputs: {}, compute_inputs: {} });
  const { answer, error, isBehind } = usePreview(kind, scope, spec, values, OWN_LOOK);
  // Only what was accepted is rendered: not each letter, and nothing that would be refused.
  const [accepted, setAccepted] = useState<PreviewValues>();
  const problems = (answer?.errors ?? []).filter((one) => one.path.startsWith("inputs."));
  const rendered = !answer || error || problems.length > 0 ? undefined : isBehind ? accepted : values;
  if (rendered !== accepted) setAccepted(rendered);
  if (error && !answer) return <ErrorPanel error={error} />;
  if (!answer) return <Skeleton lines={6} />;
  const errorAt = (path: string) => problems.find((one) => one.path === path || one.path.startsWith(`${path}.`))?.message;
  return (
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <div className="flex min-w-0 flex-col gap-4">
        <p className="text-muted">{m.text}</p>
        <ProfileForm form={answer.form} prefix="inputs" given={values.inputs} values={answer.values} visible={answer.visible} required={answer.required} errorAt={errorAt} onChange={(inputs) => setValues({ ...values, inputs })} />
      </div>
      <aside className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4">
        {error && <ErrorPanel error={error} />}
        {problems.length > 0 ? (
          <Notice tone="failed">
            <p className="font-medium">{m.problems}</p>
            <ul className="list-disc pl-5">
              {problems.map((problem, index) => (
                <li key={index}>
                  <code>{problem.path.replace(/^inputs\./, "")}</code>: {problem.message}
                </li>
              ))}
            </ul>
          </Notice>
        ) : (
          <Notice>{m.fine}</Notice>
        )}
        <span role="status" className="text-12 text-muted empty:hidden">
          {isBehind ? m.refresh : ""}
        </span>
        <Section title={m.values}>
          <CodeBlock code={toYaml(answer.values)} label={m.values} />
        </Section>
        <Section title={m.given}>
          {accepted ? (
            <>
              <p className="text-muted">{m.givenText}</p>
              <Rendered kind={kind} scope={scope} spec={spec} values={accepted} />
            </>
          ) : (
            <p className="text-muted">{m.givenLater}</p>
          )}
        </Section>
      </aside>
    </div>
  );
}
