// The organization's projects.
import { Link, useNavigate } from "@tanstack/react-router";
import { FolderClosed } from "lucide-react";
import { useState } from "react";
import { usePermissions } from "../../../api/session";
import type { Project } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { admin as m } from "../../../messages/en/admin";
import type { Column } from "../../../ui/DataTable";
import { RelativeTime } from "../../../ui/Time";
import { rowName } from "../../../lib/rows";
import { ListPage } from "../../ListPage";
import { adminPaths } from "../paths";
import { NewProject } from "./NewProject";

export function Projects() {
  const { org } = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions({ org });
  const [making, setMaking] = useState(false);

  const columns: Column<Project>[] = [
    {
      id: "name",
      header: m.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={adminPaths.project({ org }, row.metadata.name)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "description", header: m.common.description, cell: (row) => row.metadata.description || m.common.none },
    { id: "contact", header: m.projects.contact, cell: (row) => row.spec.contact || m.common.none },
    { id: "created", header: m.common.created, serverSort: "created_at", cell: (row) => <RelativeTime at={row.metadata.created_at} /> },
  ];
  return (
    <ListPage
      kind="Project"
      scope={{ org }}
      id="projects"
      words={m.projects}
      columns={columns}
      icon={<FolderClosed size={28} aria-hidden />}
      onNew={can("project.create") ? () => setMaking(true) : undefined}
      onOpen={(row) => void navigate({ to: adminPaths.project({ org }, row.metadata.name) })}
    >
      {making && <NewProject org={org} onClose={() => setMaking(false)} />}
    </ListPage>
  );
}
