// One workspace: its instances, its collaborators, its notes.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Rocket, Trash2 } from "lucide-react";
import { useState } from "react";
import { useDelete, useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { useWorkspaceScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { NotFound } from "../../../shell/NotFound";
import { buttonClass } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { InstanceTable } from "../instances/InstanceTable";
import type { ListSearch } from "../search";
import { Activity } from "./Activity";
import { Collaborators } from "./Collaborators";
import { Notes } from "./Notes";

const m = hub.workspaces;

export function Workspace() {
  const scope = useWorkspaceScope();
  const { tab = "instances" } = useParams({ strict: false }) as { tab?: string };
  const project = { org: scope.org, project: scope.project };
  const query = useObject("Workspace", project, scope.workspace);
  useWatch(["Workspace"], project);
  const { can } = usePermissions(scope);
  const remove = useDelete("Workspace");
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [search, setSearch] = useState<ListSearch>({});
  const workspace = query.data;
  const title = workspace?.metadata.display_name || scope.workspace;
  useTitle(title);

  if (!workspace)
    return query.error ? (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    ) : (
      <PageSkeleton />
    );
  const launch = (can("service_instance.create") || can("compute_instance.create")) && (
    <Link to={paths.catalogue(scope)} search={{ workspace: scope.workspace }} className={buttonClass("primary")}>
      <Rocket size={16} aria-hidden />
      {m.launch}
    </Link>
  );
  return (
    <PageBody full>
      <PageHeader
        title={title}
        badges={workspace.metadata.display_name && <code className="text-muted">{workspace.metadata.name}</code>}
        description={workspace.metadata.description}
        actions={
          <>
            {launch}
            {can("workspace.delete") && (
              <MoreMenu entries={[{ label: `${m.delete}…`, icon: <Trash2 size={16} aria-hidden />, danger: true, onSelect: () => setDeleting(true) }]} />
            )}
          </>
        }
      />
      <Tabs
        label={m.tabsLabel}
        tabs={[
          { to: paths.workspace(scope), label: m.tabs.instances },
          { to: paths.workspace(scope, "collaborators"), label: m.tabs.collaborators },
          { to: paths.workspace(scope, "notes"), label: m.tabs.notes },
          { to: paths.workspace(scope, "activity"), label: m.tabs.activity },
        ]}
      />
      {tab === "instances" && <InstanceTable scope={scope} search={search} onSearch={(change) => setSearch({ ...search, ...change })} emptyAction={launch} />}
      {tab === "collaborators" && <Collaborators scope={scope} />}
      {tab === "notes" && <Notes key={workspace.metadata.uid} workspace={workspace} editable={can("workspace.update")} />}
      {tab === "activity" && <Activity scope={scope} />}
      {!["instances", "collaborators", "notes", "activity"].includes(tab) && <NotFound />}
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={m.deleteTitle(title)}
        verb={hub.instances.delete}
        typeName={workspace.metadata.name}
        onConfirm={async () => {
          await remove.mutateAsync(workspace);
          await navigate({ to: paths.workspaces(scope) });
        }}
      >
        {m.deleteText}
      </ConfirmDialog>
    </PageBody>
  );
}
