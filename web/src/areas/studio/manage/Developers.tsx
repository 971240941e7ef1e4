// Who may launch in this project, and how much each has there.
import { Link } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { Role, RoleBinding, User } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { access } from "../../../messages/en/access";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { EmptyState } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { AddBinding } from "../../admin/bindings/AddBinding";
import { adminPaths } from "../../admin/paths";
import { isDeveloperLike } from "../home/first-hour";
import { useInstancesOf } from "../profiles/rows";
import { ManageFrame } from "./ManageFrame";

const m = studio.manage.developers;

interface Developer {
  name: string;
  /** The roles were given to a group. */
  group: boolean;
  user: User | undefined;
  roles: { role: Role; workspace: string | undefined }[];
  instances: number;
}

const developerId = (row: Developer) => `${row.group} ${row.name}`;
const title = (row: Developer) => row.user?.metadata.display_name || row.name;

function developers(bindings: RoleBinding[], users: User[], instances: Map<string, number>): Developer[] {
  const byName = new Map<string, Developer>();
  for (const { metadata, spec } of bindings.filter((binding) => isDeveloperLike(binding.spec.role))) {
    const name = spec.user ?? spec.group ?? "";
    const key = spec.user ? name : `group ${name}`;
    const row = byName.get(key) ?? { name, group: !spec.user, user: spec.user ? users.find((user) => user.metadata.name === name) : undefined, roles: [], instances: spec.user ? (instances.get(name) ?? 0) : 0 };
    if (spec.role) row.roles.push({ role: spec.role, workspace: metadata.workspace });
    byName.set(key, row);
  }
  return [...byName.values()].sort((a, b) => title(a).localeCompare(title(b)));
}

export function Developers() {
  const scope = useProjectScope();
  const { can, isLoading } = usePermissions(scope);
  const [search, setSearch] = useSearchState<"search">();
  const [adding, setAdding] = useState(false);
  const mayView = can("role_binding.view");
  const seesInstances = can("service_instance.view");
  const bindings = useAll("RoleBinding", scope, { deep: true }, { enabled: mayView });
  const users = useAll("User", {}, { sort: "name" }, { enabled: mayView });
  const instances = useInstancesOf(scope.org, seesInstances);
  useWatch(["RoleBinding", "User"], {}, mayView);
  const counts = new Map<string, number>();
  for (const instance of instances.rows ?? []) {
    if (instance.metadata.project !== scope.project) continue;
    const owner = instance.spec.owner ?? instance.metadata.created_by;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const needle = (search.search ?? "").toLowerCase();
  const rows = bindings.items && developers(bindings.items, users.items ?? [], counts).filter((row) => `${row.name} ${title(row)} ${row.user?.spec.email ?? ""}`.toLowerCase().includes(needle));
  const columns: Column<Developer>[] = [
    {
      id: "person",
      header: m.person,
      primary: true,
      sortValue: title,
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={row.group ? adminPaths.groups(scope) : adminPaths.user(scope, row.name)} className="rounded-sm hover:underline">
            {title(row)}
          </Link>
          <span className="text-12 font-normal text-muted">{row.group ? access.groupTag : (row.user?.spec.email ?? row.name)}</span>
        </span>
      ),
    },
    {
      id: "roles",
      header: m.roles,
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          {row.roles.map(({ role, workspace }, index) => (
            <Tag key={index}>{workspace ? `${ui.roles[role]}: ${workspace}` : ui.roles[role]}</Tag>
          ))}
        </span>
      ),
    },
    ...(seesInstances ? [{ id: "instances", header: m.instances, align: "right" as const, sortValue: (row: Developer) => row.instances, cell: (row: Developer) => row.instances }] : []),
    { id: "signed-in", header: m.lastSignIn, cell: (row) => (row.user?.status.last_signed_in_at ? <RelativeTime at={row.user.status.last_signed_in_at} /> : m.never) },
  ];
  const add = can("role_binding.create") && (
    <Button icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {m.add}
    </Button>
  );
  return (
    <ManageFrame>
      {!isLoading && !mayView ? (
        <EmptyState title={m.notAllowed} />
      ) : (
        <DataTable
          id="developers"
          label={studio.manage.tabs.developers}
          columns={columns}
          rows={rows}
          rowId={developerId}
          rowName={title}
          error={bindings.error}
          onRetry={bindings.refetch}
          total={rows?.length}
          search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
          filters={rows && rows.length > 0 ? add : undefined}
          filtered={needle !== ""}
          onClearFilters={() => setSearch({ search: "" })}
          empty={{ ...m.empty, action: add }}
        />
      )}
      <AddBinding open={adding} onClose={() => setAdding(false)} at={scope} fixed />
    </ManageFrame>
  );
}
