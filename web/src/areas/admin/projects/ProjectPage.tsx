// One project: who is in it, its workspaces and secrets, and what it is called.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Workspace } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { admin as m } from "../../../messages/en/admin";
import { Button, buttonClass } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { RelativeTime } from "../../../ui/Time";
import { AddBinding } from "../bindings/AddBinding";
import { BindingTable } from "../bindings/BindingTable";
import { rowId, rowName } from "../../../lib/rows";
import { adminPaths } from "../paths";
import { SecretTable } from "../secrets/SecretTable";
import { ProjectSettings } from "./ProjectSettings";

type Scope = { org: string; project: string };

export function ProjectPage() {
  const { org = "", name = "", tab = "members" } = useParams({ strict: false }) as { org?: string; name?: string; tab?: string };
  const scope = { org, project: name };
  const project = useObject("Project", { org }, name);
  const title = project.data ? rowName(project.data) : name;
  useTitle(title);
  useWatch(["Project", "RoleBinding", "Workspace", "Secret"], scope);
  const { can } = usePermissions(scope);
  if (project.error)
    return (
      <PageBody>
        <ErrorPanel error={project.error} onRetry={() => void project.refetch()} />
      </PageBody>
    );
  if (!project.data) return <PageSkeleton />;
  return (
    <PageBody full>
      <PageHeader
        title={title}
        badges={<code className="text-muted">{name}</code>}
        description={project.data.metadata.description}
        actions={
          <>
            <Link to={paths.project(scope)} className={buttonClass()}>
              {m.projects.open}
            </Link>
            <Link to={paths.studio(scope)} className={buttonClass()}>
              {m.projects.studio}
            </Link>
          </>
        }
      />
      <Tabs
        label={m.projects.tabsLabel}
        tabs={[
          { to: adminPaths.project({ org }, name), label: m.projects.tabs.members },
          { to: adminPaths.project({ org }, name, "workspaces"), label: m.projects.tabs.workspaces },
          ...(can("secret.view") ? [{ to: adminPaths.project({ org }, name, "secrets"), label: m.projects.tabs.secrets }] : []),
          ...(can("project.update") ? [{ to: adminPaths.project({ org }, name, "settings"), label: m.projects.tabs.settings }] : []),
        ]}
      />
      {tab === "members" && <Members scope={scope} />}
      {tab === "workspaces" && <Workspaces scope={scope} />}
      {tab === "secrets" && <SecretTable scope={scope} />}
      {tab === "settings" && <ProjectSettings key={project.data.metadata.uid} project={project.data} />}
    </PageBody>
  );
}

function Members({ scope }: { scope: Scope }) {
  const list = useAll("RoleBinding", scope, { deep: true });
  const { can } = usePermissions(scope);
  const [adding, setAdding] = useState(false);
  const add = can("role_binding.create") && (
    <Button variant="primary" icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {m.bindings.addMember}
    </Button>
  );
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">
          {m.projects.inherited}{" "}
          <Link to={adminPaths.bindings(scope)} className="text-accent-ink underline underline-offset-2">
            {m.bindings.title}
          </Link>
        </p>
        {add}
      </div>
      <BindingTable id="members" rows={list.items} total={list.total} error={list.error} onRetry={list.refetch} mayRemove={can("role_binding.delete")} empty={{ ...m.bindings.empty, action: add }} />
      <AddBinding open={adding} onClose={() => setAdding(false)} at={scope} />
    </>
  );
}

function Workspaces({ scope }: { scope: Scope }) {
  const navigate = useNavigate();
  const list = useAll("Workspace", scope, { sort: "name" });
  const to = (row: Workspace) => paths.workspace({ ...scope, workspace: row.metadata.name });
  const columns: Column<Workspace>[] = [
    {
      id: "name",
      header: m.common.name,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <Link to={to(row)} className="rounded-sm hover:underline">
          {rowName(row)}
        </Link>
      ),
    },
    { id: "description", header: m.common.description, cell: (row) => row.metadata.description || m.common.none },
    { id: "by", header: m.workspaces.createdBy, sortValue: (row) => row.metadata.created_by, cell: (row) => row.metadata.created_by },
    { id: "created", header: m.common.created, sortValue: (row) => row.metadata.created_at, cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  return (
    <DataTable
      id="project-workspaces"
      label={m.projects.tabs.workspaces}
      columns={columns}
      rows={list.items}
      rowId={rowId}
      rowName={rowName}
      onOpen={(row) => void navigate({ to: to(row) })}
      error={list.error}
      onRetry={list.refetch}
      total={list.total}
      empty={m.workspaces.empty}
    />
  );
}
