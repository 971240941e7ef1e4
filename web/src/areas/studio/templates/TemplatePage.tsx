// One template: its versions, their inputs and body, and for the organization's own also editing and state.
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { request } from "../../../api/client";
import { keys, useDelete, useObject, useUpdate } from "../../../api/hooks";
import { itemPath } from "../../../api/kinds";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { TemplateState } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin } from "../../../messages/en/admin";
import { studio } from "../../../messages/en/studio";
import { templates } from "../../../messages/en/templates";
import { ui } from "../../../messages/en/ui";
import { Button, buttonClass } from "../../../ui/Button";
import { CodeEditor } from "../../../ui/CodeEditor";
import { ConfirmDialog } from "../../../ui/Dialog";
import { SelectField } from "../../../ui/Field";
import { MoreMenu, type MenuEntry } from "../../../ui/Menu";
import { ErrorPanel, Notice, PageBody, PageHeader, PageSkeleton } from "../../../ui/Page";
import { Tag, TemplateStateBadge } from "../../../ui/StateBadge";
import { Segmented } from "../../../ui/Tabs";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { CompareVersions } from "./CompareVersions";
import { NewVersion } from "./NewVersion";
import { TryTemplate } from "./TryTemplate";
import { UsedBy } from "./UsedBy";
import { VersionView } from "./VersionView";
import { YamlForm } from "./YamlForm";
import { type TemplateText, writeTemplate } from "./document";

const m = studio.templates;
const VIEWS = ["overview", "yaml", "try", "compare", "used"] as const;

export const OwnTemplatePage = () => <TemplatePage own />;
export const ShippedTemplatePage = () => <TemplatePage own={false} />;

function TemplatePage({ own }: { own: boolean }) {
  const scope = useProjectScope();
  const home = own ? { org: scope.org } : {};
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const navigate = useNavigate();
  const client = useQueryClient();
  const [search, setSearch] = useSearchState<"version" | "view">();
  const query = useObject("EnvironmentTemplate", home, name);
  useWatch(["EnvironmentTemplate"], home);
  const { can } = usePermissions({ org: scope.org });
  const update = useUpdate("EnvironmentTemplate");
  const remove = useDelete("EnvironmentTemplate");
  const [open, setOpen] = useState<"copy" | "activate" | "disable" | "delete">();
  const close = () => setOpen(undefined);
  const template = query.data;
  useTitle(template ? rowName(template) : name);
  if (query.error)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!template) return <PageSkeleton />;
  const versions = template.spec.versions;
  const version = versions.find((one) => one.version === search.version) ?? [...versions].reverse().find((one) => one.state === "active") ?? versions.at(-1);
  const mayEdit = own && can("environment_template.update");
  const view = VIEWS.find((one) => one === search.view) ?? "overview";
  const setState = (state: TemplateState) =>
    update.mutateAsync({ object: template, spec: { ...template.spec, versions: versions.map((one) => (one === version ? { ...one, state } : one)) } });
  const quietly = (state: TemplateState, words?: string) => void setState(state).then(() => words && toast(words), () => undefined);
  const send = async (text: TemplateText, dryRun: boolean) => {
    const metadata = { ...text.metadata, name, labels: template.metadata.labels };
    await request("PUT", itemPath("EnvironmentTemplate", home, name), {
      body: { metadata, spec: text.spec },
      ifMatch: template.metadata.resource_version,
      ...(dryRun ? { query: { dry_run: true } } : {}),
    });
    if (dryRun) return;
    toast(admin.common.saved);
    await client.invalidateQueries({ queryKey: keys.kind("EnvironmentTemplate") });
  };
  const stateEntries: MenuEntry[] = version
    ? [
        ...(version.state === "deprecated" || version.state === "disabled" ? [{ label: m.reactivate, onSelect: () => quietly("active") }] : []),
        ...(version.state === "active" ? [{ label: m.deprecate, onSelect: () => quietly("deprecated", m.deprecatedDone(version.version)) }] : []),
        ...(version.state === "active" || version.state === "deprecated" ? [{ label: m.disable, onSelect: () => setOpen("disable") }] : []),
      ]
    : [];
  return (
    <PageBody full>
      <PageHeader
        title={rowName(template)}
        badges={
          <>
            <Tag>{m.workloads[template.spec.workload]}</Tag>
            <Tag>{own ? m.own : m.shipped}</Tag>
          </>
        }
        description={template.metadata.description || <code>{name}</code>}
        actions={
          <>
            {!own && can("environment_template.create") && (
              <Link to={studioPaths.newTemplate(scope)} search={{ copy: name } as never} className={buttonClass()}>
                {m.copyTemplate}
              </Link>
            )}
            {mayEdit && version && <Button onClick={() => setOpen("copy")}>{m.copyVersion}</Button>}
            {mayEdit && version?.state === "draft" && (
              <Button variant="primary" onClick={() => setOpen("activate")}>
                {m.activate}
              </Button>
            )}
            {mayEdit && <MoreMenu entries={[...stateEntries, { label: m.delete, danger: true, disabled: !can("environment_template.delete"), onSelect: () => setOpen("delete") }]} />}
          </>
        }
      />
      {update.error && <ErrorPanel error={update.error} />}
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex items-end gap-3">
          <SelectField
            label={m.version}
            value={version?.version ?? ""}
            onChange={(next) => setSearch({ version: next })}
            options={[...versions].reverse().map((one) => ({ value: one.version, label: `${one.version} · ${ui.templateStates[one.state]}` }))}
            className="w-56"
          />
          {version && (
            <span className="pb-1.5">
              <TemplateStateBadge state={version.state} />
            </span>
          )}
        </div>
        <Segmented
          label={m.view}
          value={view}
          onChange={(next) => setSearch({ view: next === "overview" ? "" : next })}
          options={VIEWS.map((value) => ({ value, label: value === "yaml" && mayEdit ? templates.views.edit : templates.views[value] }))}
        />
      </div>
      {version?.state === "draft" && <Notice tone="waiting">{m.usedBy}</Notice>}
      {view === "overview" && version && <VersionView version={version} />}
      {view === "try" && version && <TryTemplate template={template} version={version} scope={scope} />}
      {view === "compare" && version && <CompareVersions versions={versions} current={version} />}
      {view === "used" && <UsedBy template={template} org={scope.org} />}
      {mayEdit && (
        // It stays while one looks at another view: what is written must not be lost.
        <div hidden={view !== "yaml"}>
          <YamlForm key={template.metadata.resource_version} start={writeTemplate(template)} send={send} verb={m.save} version={version?.version} />
        </div>
      )}
      {view === "yaml" && !mayEdit && (
        <>
          {!own && <p className="text-muted">{m.readOnly}</p>}
          <CodeEditor label={m.editor} value={writeTemplate(template)} readOnly />
        </>
      )}
      {open === "copy" && version && (
        <NewVersion
          template={template}
          from={version}
          onClose={close}
          onDone={(next) => {
            close();
            setSearch({ version: next, view: "yaml" });
          }}
        />
      )}
      <ConfirmDialog open={open === "activate"} onClose={close} title={m.activateTitle(version?.version ?? "")} verb={m.activate.replace("…", "")} danger={false} onConfirm={() => setState("active")}>
        <p>{m.activateText}</p>
      </ConfirmDialog>
      <ConfirmDialog open={open === "disable"} onClose={close} title={m.disableTitle(version?.version ?? "")} verb={m.disable.replace("…", "")} onConfirm={() => setState("disabled")}>
        <p>{m.disableText}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "delete"}
        onClose={close}
        title={m.deleteTitle(name)}
        verb={m.delete}
        typeName={name}
        onConfirm={async () => {
          await remove.mutateAsync(template);
          toast(admin.common.deleted(name));
          await navigate({ to: studioPaths.templates(scope) });
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
