// Secrets of the organization, project by project.
import { useAll } from "../../../api/all";
import { useWatch } from "../../../api/live";
import { useTitle } from "../../../lib/hooks";
import { useCurrentScope, useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { SelectField } from "../../../ui/Field";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { rowName } from "../../../lib/rows";
import { SecretTable } from "./SecretTable";

export function Secrets() {
  useTitle(m.secrets.title);
  const { org } = useProjectScope();
  const here = useCurrentScope();
  const [search, setSearch] = useSearchState<"search" | "in">();
  const projects = useAll("Project", { org }, { sort: "name" });
  const names = projects.items?.map((one) => one.metadata.name) ?? [];
  const project = [search.in, here.project].find((name) => name !== undefined && names.includes(name)) ?? names[0];
  useWatch(["Secret"], { org, ...(project ? { project } : {}) });
  return (
    <PageBody full>
      <PageHeader title={m.secrets.title} description={m.secrets.text} />
      {projects.error && <ErrorPanel error={projects.error} onRetry={projects.refetch} />}
      {!projects.items && !projects.error && <Skeleton lines={4} />}
      {projects.items && !project && <EmptyState title={m.projects.empty.title}>{m.projects.empty.text}</EmptyState>}
      {project && (
        <>
          <SelectField
            label={m.secrets.project}
            value={project}
            onChange={(next) => setSearch({ in: next })}
            options={(projects.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one) }))}
            className="max-w-72"
          />
          <SecretTable key={project} scope={{ org, project }} search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.secrets.search }} />
        </>
      )}
    </PageBody>
  );
}
