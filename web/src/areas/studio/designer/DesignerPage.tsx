// The four addresses of the designer: new and stored, compute and service.
import { useParams } from "@tanstack/react-router";
import { useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { useProjectScope } from "../../../lib/scope";
import { ErrorPanel, PageBody, PageSkeleton } from "../../../ui/Page";
import type { ProfileKind } from "../paths";
import { Designer } from "./Designer";

export const NewComputeProfile = () => <Designer key="new-compute" kind="ComputeProfile" profile={undefined} />;
export const NewServiceProfile = () => <Designer key="new-service" kind="ServiceProfile" profile={undefined} />;
export const ComputeProfilePage = () => <Stored kind="ComputeProfile" />;
export const ServiceProfilePage = () => <Stored kind="ServiceProfile" />;

function Stored({ kind }: { kind: ProfileKind }) {
  const scope = useProjectScope();
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const query = useObject(kind, scope, name);
  useWatch([kind], scope);
  if (query.error && !query.data)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!query.data) return <PageSkeleton />;
  return <Designer key={query.data.metadata.uid} kind={kind} profile={query.data} />;
}
