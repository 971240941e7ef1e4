// Tokens for programs, and the browsers one is signed in with.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../api/client";
import type { SessionInfo, TokenInfo } from "../api/types";
import { useTitle } from "../lib/hooks";
import { frame } from "../messages/en/frame";
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { ConfirmDialog } from "../ui/Dialog";
import { type Column, DataTable } from "../ui/DataTable";
import { Section } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { RelativeTime } from "../ui/Time";
import { toast } from "../ui/Toast";
import { NewToken } from "./NewToken";

const m = session.account;

function Moment({ at }: { at: string | undefined }) {
  return at ? <RelativeTime at={at} /> : <span className="text-muted">{m.never}</span>;
}

export function Tokens() {
  useTitle(frame.account.tokens);
  return (
    <div className="flex flex-col gap-8">
      <TokenList />
      <SessionList />
    </div>
  );
}

function TokenList() {
  const client = useQueryClient();
  const tokens = useQuery({ queryKey: ["me", "tokens"], queryFn: () => api.get<{ items: TokenInfo[] }>("/me/tokens") });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenInfo>();
  const revoke = useMutation({
    mutationFn: (id: string) => api.delete(`/me/tokens/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
  const columns: Column<TokenInfo>[] = [
    { id: "name", header: m.columns.name, cell: (token) => token.name, primary: true, sortValue: (token) => token.name },
    { id: "created", header: m.columns.created, cell: (token) => <Moment at={token.created_at} />, sortValue: (token) => token.created_at },
    { id: "used", header: m.columns.used, cell: (token) => <Moment at={token.last_used_at} />, sortValue: (token) => token.last_used_at },
    { id: "expires", header: m.columns.expires, cell: (token) => <Moment at={token.expires_at} />, sortValue: (token) => token.expires_at },
  ];
  const newToken = (
    <Button variant="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {m.newToken}
    </Button>
  );
  return (
    <Section title={m.tokens} description={m.tokensText} actions={newToken}>
      <DataTable
        id="tokens"
        label={m.tokens}
        columns={columns}
        rows={tokens.data?.items}
        rowId={(token) => token.id}
        rowName={(token) => token.name}
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        rowActions={(token) => (
          <Button size="small" variant="quiet-danger" onClick={() => setRevoking(token)}>
            {m.revoke}
          </Button>
        )}
        empty={{ title: m.noTokens, text: m.noTokensText }}
      />
      <NewToken open={making} onClose={() => setMaking(false)} />
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

function SessionList() {
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: ["me", "sessions"], queryFn: () => api.get<{ items: SessionInfo[] }>("/me/sessions") });
  const [everywhere, setEverywhere] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => api.delete(`/me/sessions/${encodeURIComponent(id)}`),
    onSuccess: () => {
      toast(m.sessionEnded);
      return client.invalidateQueries({ queryKey: ["me", "sessions"] });
    },
    onError: (error) => toast(error.message, "failed"),
  });
  const columns: Column<SessionInfo>[] = [
    {
      id: "browser",
      header: m.columns.browser,
      primary: true,
      cell: (row) => (
        <span className="flex items-center gap-2">
          <span className="max-w-96 truncate" title={row.agent}>
            {row.agent || row.id}
          </span>
          {row.current && <StateBadge tone="running">{m.thisSession}</StateBadge>}
        </span>
      ),
    },
    { id: "address", header: m.columns.address, cell: (row) => <code>{row.address}</code> },
    { id: "created", header: m.columns.created, cell: (row) => <Moment at={row.created_at} /> },
    { id: "used", header: m.columns.used, cell: (row) => <Moment at={row.seen_at} /> },
  ];
  return (
    <Section title={m.sessions} description={m.sessionsText} actions={<Button onClick={() => setEverywhere(true)}>{m.signOutEverywhere}</Button>}>
      <DataTable
        id="sessions"
        label={m.sessions}
        columns={columns}
        rows={sessions.data?.items}
        rowId={(row) => row.id}
        rowName={(row) => row.agent || row.id}
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
        rowActions={(row) =>
          row.current ? null : (
            <Button size="small" variant="quiet-danger" onClick={() => end.mutate(row.id)}>
              {m.endSession}
            </Button>
          )
        }
        empty={{ title: m.noSessions }}
      />
      <ConfirmDialog
        open={everywhere}
        onClose={() => setEverywhere(false)}
        title={m.signOutEverywhereTitle}
        verb={m.signOutEverywhere}
        onConfirm={async () => {
          await api.delete("/me/sessions");
          client.clear();
          window.location.assign(new URL("sign-in", document.baseURI));
        }}
      >
        <p>{m.signOutEverywhereText}</p>
      </ConfirmDialog>
    </Section>
  );
}
