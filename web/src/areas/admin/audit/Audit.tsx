// Who did what to what, when, and how it ended.
import { ScrollText } from "lucide-react";
import { useState } from "react";
import type { AuditEntry } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { Input, Select } from "../../../ui/Field";
import { type Column, DataTable } from "../../../ui/DataTable";
import { PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { EntryObject } from "./EntryObject";
import { EntryPanel, Outcome } from "./EntryPanel";
import { actionWords, useAudit } from "./entries";

const entryId = (entry: AuditEntry) => `${entry.org}/${entry.sequence}`;

export function Audit() {
  useTitle(m.audit.title);
  const { org } = useProjectScope();
  const [filter, setFilter] = useSearchState<"search" | "actor" | "action" | "outcome" | "chain">();
  const search = useDebounced(filter.search, 250);
  const actor = useDebounced(filter.actor, 250);
  const action = useDebounced(filter.action, 250);
  const list = useAudit({ org: filter.chain === "all" ? undefined : org, search, actor, action });
  const [open, setOpen] = useState<AuditEntry>();
  const rows = list.items?.filter((entry) => !filter.outcome || entry.outcome === filter.outcome);
  const columns: Column<AuditEntry>[] = [
    { id: "when", header: m.audit.when, width: "10rem", cell: (row) => <RelativeTime at={row.at} /> },
    { id: "who", header: m.audit.who, cell: (row) => row.actor },
    {
      id: "what",
      header: m.audit.what,
      primary: true,
      cell: (row) => (
        <button type="button" className="rounded-sm text-left hover:underline" title={row.action} onClick={() => setOpen(row)}>
          {actionWords(row.action)}
        </button>
      ),
    },
    { id: "object", header: m.audit.object, cell: (row) => <EntryObject entry={row} /> },
    { id: "outcome", header: m.audit.outcome, cell: (row) => <Outcome entry={row} /> },
    { id: "address", header: m.audit.address, initiallyHidden: true, cell: (row) => <code>{row.address || m.common.none}</code> },
    { id: "request", header: m.audit.request, initiallyHidden: true, cell: (row) => <code>{row.request_id || m.common.none}</code> },
  ];
  return (
    <PageBody full>
      <PageHeader title={m.audit.title} description={m.audit.text} />
      <DataTable
        id="audit"
        label={m.audit.title}
        columns={columns}
        rows={rows}
        rowId={entryId}
        rowName={(row) => row.action}
        onOpen={setOpen}
        error={list.error}
        onRetry={list.refetch}
        hasMore={list.hasMore}
        onMore={list.fetchMore}
        isFetchingMore={list.isFetchingMore}
        search={{ value: filter.search ?? "", onChange: (value) => setFilter({ search: value }), label: m.audit.search }}
        filters={
          <>
            <Input aria-label={m.audit.actor} placeholder={m.audit.actor} value={filter.actor ?? ""} onChange={(event) => setFilter({ actor: event.target.value })} className="max-w-36" />
            <Input aria-label={m.audit.action} placeholder={m.audit.actionPlaceholder} value={filter.action ?? ""} onChange={(event) => setFilter({ action: event.target.value })} className="max-w-60" />
            <Select aria-label={m.audit.outcome} value={filter.outcome ?? ""} onChange={(event) => setFilter({ outcome: event.target.value })} className="max-w-36">
              <option value="">{m.audit.allOutcomes}</option>
              <option value="allowed">{m.audit.outcomes.allowed}</option>
              <option value="denied">{m.audit.outcomes.denied}</option>
            </Select>
            <Select aria-label={m.audit.chain} value={filter.chain ?? ""} onChange={(event) => setFilter({ chain: event.target.value })} className="max-w-56">
              <option value="">{m.audit.chainOrg}</option>
              <option value="all">{m.audit.chainAll}</option>
            </Select>
          </>
        }
        filtered={Boolean(filter.search || filter.actor || filter.action || filter.outcome)}
        onClearFilters={() => setFilter({ search: "", actor: "", action: "", outcome: "" })}
        empty={{ ...m.audit.empty, icon: <ScrollText size={28} aria-hidden /> }}
      />
      <EntryPanel entry={open} onClose={() => setOpen(undefined)} />
    </PageBody>
  );
}
