// Tokens of a person or a service account: making, rotating, revoking.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../api/client";
import type { TokenInfo } from "../api/types";
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { ConfirmDialog } from "../ui/Dialog";
import { type Column, DataTable } from "../ui/DataTable";
import { Section } from "../ui/Page";
import { RelativeTime } from "../ui/Time";
import { NewToken } from "./NewToken";
import { RotateToken } from "./RotateToken";

const m = session.account;

export function Moment({ at }: { at: string | undefined }) {
  return at ? <RelativeTime at={at} /> : <span className="text-muted">{m.never}</span>;
}

/** Short where it is long; the whole is told on hover and to screen readers. */
function Few({ items, none, count }: { items: string[]; none: string; count?: (n: number) => string }) {
  if (items.length === 0) return <span className="text-muted">{none}</span>;
  const short = items.length > 1 && count;
  return (
    <span title={items.join(", ")}>
      {short ? count(items.length) : <code>{items.join(", ")}</code>}
      {short && <span className="sr-only">: {items.join(", ")}</span>}
    </span>
  );
}

export function TokenList({ path = "/me/tokens", queryKey = ["me", "tokens"], text = m.tokensText, mayChange = true }: { path?: string; queryKey?: readonly unknown[]; text?: string; mayChange?: boolean }) {
  const client = useQueryClient();
  const tokens = useQuery({ queryKey, queryFn: () => api.get<{ items: TokenInfo[] }>(path) });
  const [making, setMaking] = useState(false);
  const [rotating, setRotating] = useState<TokenInfo>();
  const [revoking, setRevoking] = useState<TokenInfo>();
  const revoke = useMutation({
    mutationFn: (id: string) => api.delete(`${path}/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const columns: Column<TokenInfo>[] = [
    { id: "name", header: m.columns.name, cell: (token) => token.name, primary: true, sortValue: (token) => token.name },
    { id: "may", header: m.columns.may, cell: (token) => <Few items={token.scopes} none={m.allScopes} count={m.scopeCount} /> },
    { id: "where", header: m.columns.where, cell: (token) => <Few items={token.places} none={m.everywhere} /> },
    { id: "created", header: m.columns.created, cell: (token) => <Moment at={token.created_at} />, sortValue: (token) => token.created_at },
    { id: "used", header: m.columns.used, cell: (token) => <Moment at={token.last_used_at} />, sortValue: (token) => token.last_used_at },
    {
      id: "expires",
      header: m.columns.expires,
      cell: (token) => (
        <span className="flex flex-col">
          <Moment at={token.expires_at} />
          {token.old_value_until && (
            <span className="text-12 text-muted">
              {m.oldUntil} <RelativeTime at={token.old_value_until} />
            </span>
          )}
        </span>
      ),
      sortValue: (token) => token.expires_at,
    },
  ];
  const newToken = mayChange && (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.newToken}
    </Button>
  );
  return (
    <Section title={m.tokens} description={text} actions={newToken}>
      <DataTable
        id="tokens"
        label={m.tokens}
        columns={columns}
        rows={tokens.data?.items}
        rowId={(token) => token.id}
        rowName={(token) => token.name}
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        rowActions={(token) =>
          mayChange ? (
            <span className="flex gap-1">
              <Button size="small" variant="quiet" onClick={() => setRotating(token)}>
                {m.rotate}
              </Button>
              <Button size="small" variant="quiet-danger" onClick={() => setRevoking(token)}>
                {m.revoke}
              </Button>
            </span>
          ) : null
        }
        empty={{ title: m.noTokens, text: m.noTokensText }}
      />
      <NewToken open={making} onClose={() => setMaking(false)} path={path} queryKey={queryKey} />
      {rotating && <RotateToken token={rotating} path={path} queryKey={queryKey} onClose={() => setRotating(undefined)} />}
      <ConfirmDialog
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={m.revokeTitle(revoking?.name ?? "")}
        verb={m.revoke}
        onConfirm={() => revoking && revoke.mutateAsync(revoking.id)}
      >
        {m.revokeText}
      </ConfirmDialog>
    </Section>
  );
}
