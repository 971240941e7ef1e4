// What holds in the whole organization.
import { useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { duties } from "../../../messages/en/duties";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton } from "../../../ui/Page";
import { sections } from "./sections";

const m = duties.settings;

export function Settings() {
  useTitle(m.title);
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const query = useObject("Organization", {}, org);
  useWatch(["Organization"], {});
  if (query.error)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!query.data) return <PageSkeleton />;
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} badges={<code className="text-muted">{org}</code>} />
      {sections.map(({ id, component: Part, anewOnChange }) => (
        <Part key={`${id} ${anewOnChange ? query.data.metadata.resource_version : query.data.metadata.uid}`} organization={query.data} mayChange={can("organization.update")} />
      ))}
    </PageBody>
  );
}
