// The signed-in person's identities at organizations' providers.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { api } from "../api/client";
import type { Identity, SignInChoices } from "../api/types-providers";
import { useDebounced, useTitle } from "../lib/hooks";
import { providers } from "../messages/en/providers";
import { ui } from "../messages/en/ui";
import { Button } from "../ui/Button";
import { type Column, DataTable } from "../ui/DataTable";
import { ConfirmDialog, Dialog } from "../ui/Dialog";
import { SelectField, TextField } from "../ui/Field";
import { ErrorPanel, Notice, Section } from "../ui/Page";
import { RelativeTime } from "../ui/Time";

const m = providers.identities;

const COLUMNS: Column<Identity>[] = [
  { id: "org", header: m.columns.org, primary: true, cell: (row) => row.org, sortValue: (row) => row.org },
  { id: "provider", header: m.columns.provider, cell: (row) => row.provider },
  { id: "subject", header: m.columns.subject, cell: (row) => <code className="break-all">{row.subject}</code> },
  { id: "linked", header: m.columns.linked, cell: (row) => (row.own_link ? m.byYou : <span title={m.byRuleHelp}>{m.byRule}</span>) },
  { id: "used", header: m.columns.used, cell: (row) => <RelativeTime at={row.last_used_at} />, sortValue: (row) => row.last_used_at },
];

export function Identities() {
  useTitle(m.title);
  const client = useQueryClient();
  const { sso } = useSearch({ from: "/app/account/identities" });
  const identities = useQuery({ queryKey: ["me", "identities"], queryFn: () => api.get<{ items: Identity[] }>("/me/identities") });
  const [linking, setLinking] = useState(false);
  const [doomed, setDoomed] = useState<Identity>();
  const problem = sso && sso !== "linked" ? (providers.page.errors[sso] ?? providers.page.errors.failed) : undefined;
  return (
    <Section
      title={m.title}
      description={m.text}
      actions={
        <Button variant="primary" icon={<Link2 size={16} aria-hidden />} onClick={() => setLinking(true)}>
          {m.link}
        </Button>
      }
    >
      {sso === "linked" && <Notice tone="working">{m.linked}</Notice>}
      {problem && (
        <div role="alert">
          <Notice tone="failed">{problem}</Notice>
        </div>
      )}
      <DataTable
        id="identities"
        label={m.title}
        columns={COLUMNS}
        rows={identities.data?.items}
        rowId={(row) => row.id}
        rowName={(row) => `${row.org} ${row.provider}`}
        error={identities.error}
        onRetry={() => void identities.refetch()}
        rowActions={(row) => (
          <Button size="small" variant="quiet-danger" onClick={() => setDoomed(row)}>
            {m.remove}
          </Button>
        )}
        empty={{ title: m.empty, text: m.emptyText }}
      />
      {linking && <LinkIdentity onClose={() => setLinking(false)} />}
      <ConfirmDialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={m.removeTitle}
        verb={m.remove}
        onConfirm={async () => {
          if (doomed) await api.delete(`/me/identities/${encodeURIComponent(doomed.id)}`);
          await client.invalidateQueries({ queryKey: ["me", "identities"] });
        }}
      >
        <p>{m.removeText}</p>
      </ConfirmDialog>
    </Section>
  );
}

function LinkIdentity({ onClose }: { onClose: () => void }) {
  const [org, setOrg] = useState("");
  const [provider, setProvider] = useState("");
  const settled = useDebounced(org.trim().toLowerCase(), 300);
  const choices = useQuery({
    queryKey: ["sign-in", settled],
    queryFn: () => api.get<SignInChoices>(`/orgs/${encodeURIComponent(settled)}/sign-in`),
    enabled: settled !== "",
    retry: false,
  });
  const known = choices.data?.providers ?? [];
  const chosen = known.find((one) => one.name === provider) ?? known[0];
  const go = useMutation({
    mutationFn: () => api.post<{ url: string }>("/me/identities", { org: settled, provider: chosen?.name ?? "" }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.link}
      description={m.linkText}
      onSubmit={() => chosen && go.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!chosen} busy={go.isPending}>
            {m.linkDo}
          </Button>
        </>
      }
    >
      <TextField label={m.org} help={providers.page.fieldHelp} required value={org} onChange={setOrg} input={{ autoFocus: true, spellCheck: false, autoCapitalize: "none", className: "font-mono" }} />
      {known.length > 0 && (
        <SelectField label={m.choose} value={chosen?.name ?? ""} onChange={setProvider} options={known.map((one) => ({ value: one.name, label: one.title }))} />
      )}
      {settled !== "" && choices.data && known.length === 0 && <Notice>{m.none}</Notice>}
      {go.error && <ErrorPanel error={go.error} />}
    </Dialog>
  );
}
