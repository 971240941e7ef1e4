// Every role binding of the organization, and the platform's for those who may see them.
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import { whoOf } from "../../../lib/bindings";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Select } from "../../../ui/Field";
import { PageBody, PageHeader } from "../../../ui/Page";
import { AddBinding } from "./AddBinding";
import { BindingTable } from "./BindingTable";
import { ROLES, levelOf } from "./roles";

export function Bindings() {
  useTitle(m.bindings.title);
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const [adding, setAdding] = useState(false);
  const [search, setSearch] = useSearchState<"search" | "role" | "level">();
  const own = useAll("RoleBinding", { org }, { deep: true });
  // The platform's address lists everything one may see; only its own bindings are wanted of it.
  const platform = useAll("RoleBinding", {});
  useWatch(["RoleBinding"], { org });

  const needle = (search.search ?? "").toLowerCase();
  const rows = own.items && [...(platform.items ?? []).filter((row) => !row.metadata.org), ...own.items].filter(
    (row) =>
      (needle === "" || whoOf(row.spec).includes(needle)) &&
      (!search.role || row.spec.role === search.role) &&
      (!search.level || levelOf(row.metadata) === search.level),
  );
  const filtered = Boolean(search.search || search.role || search.level);
  const add = can("role_binding.create") && (
    <Button variant="primary" icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {m.bindings.add}
    </Button>
  );
  return (
    <PageBody full>
      <PageHeader title={m.bindings.title} description={m.bindings.text} actions={add} />
      <BindingTable
        id="bindings"
        rows={rows}
        total={rows?.length}
        error={own.error}
        onRetry={own.refetch}
        mayRemove={can("role_binding.delete")}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.bindings.search }}
        filters={
          <>
            <Select aria-label={m.bindings.role} value={search.role ?? ""} onChange={(event) => setSearch({ role: event.target.value })} className="max-w-56">
              <option value="">{m.bindings.allRoles}</option>
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {ui.roles[role]}
                </option>
              ))}
            </Select>
            <Select aria-label={m.bindings.level} value={search.level ?? ""} onChange={(event) => setSearch({ level: event.target.value })} className="max-w-44">
              <option value="">{m.bindings.allLevels}</option>
              {(["platform", "org", "project", "workspace"] as const).map((level) => (
                <option key={level} value={level}>
                  {m.bindings.levels[level]}
                </option>
              ))}
            </Select>
          </>
        }
        filtered={filtered}
        onClearFilters={() => setSearch({ search: "", role: "", level: "" })}
        empty={{ ...m.bindings.empty, action: add }}
      />
      <AddBinding open={adding} onClose={() => setAdding(false)} at={{ org }} />
    </PageBody>
  );
}
