// What uses a secret: as long as anything does, it cannot be deleted.
import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { itemPath } from "../../../api/kinds";
import type { Kind, Scope, Secret } from "../../../api/types";
import { objectLink } from "../../../lib/object-link";
import { useCurrentScope } from "../../../lib/scope";
import { duties } from "../../../messages/en/duties";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { placeText } from "../bindings/roles";

const m = duties.usage;

interface Usage {
  items: { kind: Kind; scope: Scope; name: string; owner?: string; field: string }[];
  hidden: number;
}

export function UsageDialog({ secret, onClose }: { secret: Secret; onClose: () => void }) {
  const here = useCurrentScope();
  const { org = "", project = "", name } = secret.metadata;
  const query = useQuery({
    queryKey: ["secret-usage", org, project, name],
    queryFn: ({ signal }) => api.get<Usage>(`${itemPath("Secret", { org, project }, name)}/usage`, undefined, signal),
    gcTime: 0,
  });
  const usage = query.data;
  return (
    <Dialog open onClose={onClose} title={m.title(name)} footer={<Button onClick={onClose}>{ui.close}</Button>}>
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {!usage && !query.error && <Skeleton lines={3} />}
      {usage && usage.items.length + usage.hidden === 0 && <p className="text-muted">{m.none}</p>}
      {usage && usage.items.length > 0 && (
        <ul className="flex flex-col divide-y divide-line border-y border-line">
          {usage.items.map((used) => {
            const to = objectLink(used.kind, used.scope, used.name, here);
            return (
              <li key={`${used.kind}/${placeText(used.scope)}/${used.name}/${used.field}`} className="flex flex-wrap items-baseline gap-x-3 py-2">
                {to ? (
                  <Link to={to} className="rounded-sm font-medium break-words hover:underline">
                    {used.name}
                  </Link>
                ) : (
                  <span className="font-medium break-words">{used.name}</span>
                )}
                <span className="text-muted">{placeText(used.scope)}</span>
                {used.owner && <span className="text-muted">{used.owner}</span>}
                <code className="ml-auto text-12 text-muted">{used.field}</code>
              </li>
            );
          })}
        </ul>
      )}
      {usage && usage.hidden > 0 && <p className="text-muted">{m.hidden(usage.hidden)}</p>}
      {usage && usage.items.length + usage.hidden > 0 && <p className="text-12 text-muted">{m.blocks}</p>}
    </Dialog>
  );
}
