// The addresses of the designer: new and stored, compute and service.
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { useMe } from "../../../api/session";
import { useProjectScope } from "../../../lib/scope";
import { NotFound } from "../../../shell/NotFound";
import { ErrorPanel, PageBody, PageSkeleton } from "../../../ui/Page";
import type { ProfileKind } from "../paths";
import { Designer } from "./Designer";

const KINDS: Record<string, ProfileKind> = { compute: "ComputeProfile", services: "ServiceProfile" };

export function DesignerPage() {
  const { place = "", name = "" } = useParams({ strict: false }) as { place?: string; name?: string };
  const scope = useProjectScope();
  const kind = KINDS[place === "new" ? name : place];
  if (!kind) return <NotFound />;
  return <OfKind key={`${kind}/${scope.org}/${scope.project}`} kind={kind} name={place === "new" ? undefined : name} />;
}

function OfKind({ kind, name }: { kind: ProfileKind; name: string | undefined }) {
  const scope = useProjectScope();
  const person = useMe()?.user.name ?? "";
  const query = useObject(kind, scope, name ?? "", { enabled: name !== undefined });
  useWatch([kind], scope);
  // The profile that was made on this page a moment ago goes on in the same designer; the next new one gets its own.
  const [page, setPage] = useState<{ count: number; made?: string; arrived: boolean }>({ count: 0, arrived: false });
  if (name !== undefined && name === page.made && !page.arrived) setPage({ ...page, arrived: true });
  if (name === undefined && page.arrived) setPage({ count: page.count + 1, arrived: false });
  const onMade = (made: string) => setPage({ ...page, made });
  const fresh = `new-${page.count}`;
  if (name === undefined) return <Designer key={fresh} kind={kind} person={person} profile={undefined} onMade={onMade} />;
  if (query.error && !query.data)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!query.data) return <PageSkeleton />;
  return <Designer key={name === page.made ? fresh : query.data.metadata.uid} kind={kind} person={person} profile={query.data} onMade={onMade} />;
}
