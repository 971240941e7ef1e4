// What is deployed, where, and how much it takes.
import { useAll } from "../../../api/all";
import type { ComputeProfileSpec, ServiceProfileSpec, TemplateState } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { FieldError, SelectField } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { rowName } from "../../../lib/rows";
import { ComputeRequirement } from "./ComputeRequirement";
import { SizeFields } from "./SizeFields";
import { TargetPart } from "./TargetPart";
import { at, useDesigner } from "./context";
import { useTemplates } from "./templates";

const m = designer.environment;

export function EnvironmentPart() {
  const { kind, scope, draft, setSpec, readOnly, errorAt, exactAt } = useDesigner();
  const { spec } = draft;
  const templates = useTemplates(scope.org);
  const targets = useAll("Target", {}, { sort: "name" });
  const workload = kind === "ComputeProfile" ? "compute" : "service";
  const fitting = (templates.items ?? []).filter((template) => template.spec.workload === workload);
  const template = fitting.find((one) => one.metadata.name === spec.template.name);
  // The newest stands first.
  const versions = [...(template?.spec.versions ?? [])].reverse();
  const version = versions.find((one) => one.version === spec.template.version);
  const usable = (state: TemplateState) => state === "active" || state === "deprecated";
  const chooseTemplate = (name: string) => {
    const next = fitting.find((one) => one.metadata.name === name);
    const newest = [...(next?.spec.versions ?? [])].reverse().find((one) => one.state === "active");
    setSpec({ template: { name, version: newest?.version ?? next?.spec.versions.at(-1)?.version ?? "" } });
  };
  return (
    <div className="flex max-w-2xl flex-col gap-5">
      {templates.error && <ErrorPanel error={templates.error} onRetry={templates.refetch} />}
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField
          label={m.template}
          required
          help={m.templateHelp}
          value={spec.template.name}
          onChange={chooseTemplate}
          disabled={readOnly}
          placeholder={m.chooseTemplate}
          options={withCurrent(
            fitting.map((one) => ({ value: one.metadata.name, label: one.metadata.org ? rowName(one) : `${rowName(one)} (${m.shippedTemplate})` })),
            spec.template.name,
          )}
          {...at(errorAt("spec.template.name") ?? errorAt("spec.template"))}
        />
        <SelectField
          label={m.version}
          required
          value={spec.template.version}
          onChange={(next) => setSpec({ template: { ...spec.template, version: next } })}
          disabled={readOnly || !template}
          placeholder={m.chooseVersion}
          options={withCurrent(
            versions.map((one) => ({ value: one.version, label: `${one.version} · ${ui.templateStates[one.state]}` })),
            spec.template.version,
          )}
          {...at(errorAt("spec.template.version"))}
        />
      </div>
      {version && !usable(version.state) && <Notice tone="waiting">{m.notActive}</Notice>}
      {kind === "ComputeProfile" ? (
        <>
          <TargetPart targets={targets.items ?? []} />
            <SelectField
              className="max-w-72"
              label={m.allocation}
              help={m.allocationHelp[(spec as ComputeProfileSpec).allocation]}
              value={(spec as ComputeProfileSpec).allocation}
              onChange={(allocation) => setSpec({ allocation } as Partial<ComputeProfileSpec>)}
              disabled={readOnly}
              options={(["dedicated", "shared"] as const).map((value) => ({ value, label: m.allocations[value] }))}
              {...at(errorAt("spec.allocation"))}
            />
          <SizeFields targets={targets.items ?? []} />
        </>
      ) : (
        <>
          <ComputeRequirement />
          <SelectField
            label={m.access}
            value={(spec as ServiceProfileSpec).access ?? ""}
            onChange={(access) => setSpec({ access: access || undefined } as Partial<ServiceProfileSpec>)}
            disabled={readOnly}
            placeholder={m.accessTemplate}
            options={(["owner", "workspace", "project"] as const).map((value) => ({ value, label: ui.access[value] }))}
            {...at(errorAt("spec.access"))}
          />
        </>
      )}
      <FieldError message={exactAt("spec")} />
    </div>
  );
}

/** Keeps showing what is chosen even where it is no longer on offer. */
export function withCurrent(options: { value: string; label: string }[], current: string) {
  return current === "" || options.some((option) => option.value === current) ? options : [...options, { value: current, label: current }];
}
