// The project's workspaces that a person may see, and making another one.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useState } from "react";
import { usePermissions } from "../../../api/session";
import type { Workspace } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { rowName } from "../../../lib/rows";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import type { Column } from "../../../ui/DataTable";
import { RelativeTime } from "../../../ui/Time";
import { ListPage } from "../../ListPage";
import { NewWorkspace } from "./NewWorkspace";

const m = hub.workspaces;
export function Workspaces() {
  const scope = useProjectScope();
  const search = useSearch({ from: "/app/orgs/$org/projects/$project/workspaces/" });
  const navigate = useNavigate();
  const { can } = usePermissions(scope);
  const [making, setMaking] = useState(false);
  const stopMaking = () => {
    setMaking(false);
    if (search.new) void navigate({ to: ".", search: { ...search, new: undefined }, replace: true, resetScroll: false });
  };

  const columns: Column<Workspace>[] = [
    {
      id: "name",
      header: m.columns.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <Link to={paths.workspace({ ...scope, workspace: row.metadata.name })} className="rounded-sm hover:underline">
          {rowName(row)}
          {row.metadata.display_name && <code className="ml-2 font-normal text-muted">{row.metadata.name}</code>}
        </Link>
      ),
    },
    { id: "description", header: m.columns.description, cell: (row) => <span className="text-muted">{row.metadata.description}</span> },
    { id: "created_by", header: m.columns.createdBy, cell: (row) => row.metadata.created_by },
    { id: "created", header: m.columns.created, align: "right", serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  return (
    <ListPage
      kind="Workspace"
      scope={scope}
      id="workspaces"
      words={{ ...m, empty: { title: m.empty, text: m.emptyText } }}
      columns={columns}
      icon={<Boxes size={28} aria-hidden />}
      onNew={can("workspace.create") ? () => setMaking(true) : undefined}
      onOpen={(row) => void navigate({ to: paths.workspace({ ...scope, workspace: row.metadata.name }) })}
    >
      <NewWorkspace open={making || (search.new === true && can("workspace.create"))} onClose={stopMaking} scope={scope} />
    </ListPage>
  );
}
