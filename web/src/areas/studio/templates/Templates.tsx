// The organization's templates and the shipped ones.
import { Link, useNavigate } from "@tanstack/react-router";
import { FileCode2, Plus } from "lucide-react";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { EnvironmentTemplate } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { imports } from "../../../messages/en/import";
import { studio } from "../../../messages/en/studio";
import { buttonClass } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Select } from "../../../ui/Field";
import { PageBody, PageHeader } from "../../../ui/Page";
import { TemplateStateBadge } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { rowId, rowName } from "../../../lib/rows";
import { useTemplates } from "../designer/templates";
import { studioPaths } from "../paths";

const m = studio.templates;
export const homeOf = (template: EnvironmentTemplate) => (template.metadata.org ? "own" : "shipped");

export function Templates() {
  useTitle(m.title);
  const scope = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions({ org: scope.org });
  const [search, setSearch] = useSearchState<"search" | "workload">();
  const { own, shipped, error, refetch } = useTemplates(scope.org);
  useWatch(["EnvironmentTemplate"], {});
  const all = own && shipped ? [...own, ...shipped] : undefined;
  const needle = (search.search ?? "").toLowerCase();
  const rows = all?.filter((row) => `${row.metadata.name} ${rowName(row)}`.toLowerCase().includes(needle) && (!search.workload || row.spec.workload === search.workload));
  const to = (row: EnvironmentTemplate) => studioPaths.template(scope, homeOf(row), row.metadata.name);
  const columns: Column<EnvironmentTemplate>[] = [
    {
      id: "name",
      header: studio.profiles.name,
      primary: true,
      sortValue: rowName,
      cell: (row) => (
        <span className="flex flex-col">
          <Link to={to(row)} className="rounded-sm hover:underline">
            {rowName(row)}
          </Link>
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    { id: "workload", header: m.workload, sortValue: (row) => row.spec.workload, cell: (row) => m.workloads[row.spec.workload] },
    { id: "home", header: m.home, sortValue: homeOf, cell: (row) => (homeOf(row) === "own" ? m.own : m.shipped) },
    { id: "versions", header: m.versions, align: "right", cell: (row) => row.spec.versions.length },
    {
      id: "newest",
      header: m.newest,
      cell: (row) => {
        const newest = [...row.spec.versions].reverse().find((version) => version.state === "active") ?? row.spec.versions.at(-1);
        return newest ? (
          <span className="flex items-center gap-2">
            <code>{newest.version}</code>
            <TemplateStateBadge state={newest.state} />
          </span>
        ) : (
          m.nothing
        );
      },
    },
    { id: "changed", header: m.changed, sortValue: (row) => row.metadata.updated_at, cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  const add = can("environment_template.create") && (
    <Link to={studioPaths.newTemplate(scope)} className={buttonClass("primary")}>
      <Plus size={16} aria-hidden />
      {m.new}
    </Link>
  );
  return (
    <PageBody full>
      <PageHeader
        title={m.title}
        description={m.text}
        actions={
          add && (
            <>
              <Link to={studioPaths.importTemplate(scope)} className={buttonClass()}>
                {imports.action}
              </Link>
              {add}
            </>
          )
        }
      />
      <DataTable
        id="templates"
        label={m.title}
        columns={columns}
        rows={rows}
        rowId={rowId}
        rowName={rowName}
        onOpen={(row) => void navigate({ to: to(row) })}
        error={error}
        onRetry={refetch}
        total={all?.length}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
        filters={
          <Select aria-label={m.workload} value={search.workload ?? ""} onChange={(event) => setSearch({ workload: event.target.value })} className="max-w-52">
            <option value="">{m.any}</option>
            <option value="compute">{m.workloads.compute}</option>
            <option value="service">{m.workloads.service}</option>
          </Select>
        }
        filtered={Boolean(search.search || search.workload)}
        onClearFilters={() => setSearch({ search: "", workload: "" })}
        empty={{ ...m.empty, action: add, icon: <FileCode2 size={28} aria-hidden /> }}
      />
    </PageBody>
  );
}
