// Tokens for programs, and the browsers one is signed in with.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import type { SessionInfo } from "../api/types";
import { useTitle } from "../lib/hooks";
import { frame } from "../messages/en/frame";
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { ConfirmDialog } from "../ui/Dialog";
import { type Column, DataTable } from "../ui/DataTable";
import { Section } from "../ui/Page";
import { StateBadge } from "../ui/StateBadge";
import { toast } from "../ui/Toast";
import { Moment, TokenList } from "./TokenList";

const m = session.account;

export function Tokens() {
  useTitle(frame.account.tokens);
  return (
    <div className="flex flex-col gap-8">
      <TokenList />
      <SessionList />
    </div>
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
