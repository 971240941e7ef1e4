// Who did what to what, when, and how it ended.
import { Download, ScrollText } from "lucide-react";
import { useState } from "react";
import { PLURALS } from "../../../api/kinds";
import type { AuditEntry } from "../../../api/types";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin as m } from "../../../messages/en/admin";
import { formatExact } from "../../../lib/format";
import { Button } from "../../../ui/Button";
import { Input, Select } from "../../../ui/Field";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Menu } from "../../../ui/Menu";
import { Notice, PageBody, PageHeader } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { CheckTrail } from "./CheckTrail";
import { EntryObject } from "./EntryObject";
import { EntryPanel, Outcome } from "./EntryPanel";
import { Views } from "./Views";
import { type AuditFilter, actionWords, dayStart, exportAddress, useAudit } from "./entries";

const FILTERS = ["search", "actor", "action", "kind", "object", "outcome", "from", "to"] as const;
type Filter = (typeof FILTERS)[number];

/** `ServiceInstance` as people read it: `Service instance`. */
const kindWords = (kind: string) => kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const entryId = (entry: AuditEntry) => `${entry.org}/${entry.sequence}`;

export function Audit() {
  useTitle(m.audit.title);
  const { org } = useProjectScope();
  const [filter, setFilter] = useSearchState<Filter | "chain">();
  const search = useDebounced(filter.search, 250);
  const actor = useDebounced(filter.actor, 250);
  const action = useDebounced(filter.action, 250);
  const object = useDebounced(filter.object, 250);
  const chain = filter.chain === "all" ? undefined : org;
  const query: AuditFilter = {
    org: chain,
    search,
    actor,
    action,
    object,
    kind: filter.kind,
    outcome: filter.outcome,
    from: dayStart(filter.from),
    to: dayStart(filter.to, 1),
  };
  const list = useAudit(query);
  const [open, setOpen] = useState<AuditEntry>();
  const now = Object.fromEntries(FILTERS.flatMap((key) => (filter[key] ? [[key, filter[key]]] : [])));
  const nothing = Object.fromEntries(FILTERS.map((key) => [key, ""]));
  const download = (format: "jsonl" | "csv") => window.location.assign(exportAddress(query, format));
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
      <PageHeader
        title={m.audit.title}
        description={m.audit.text}
        actions={
          <>
            <CheckTrail org={chain} />
            <Menu
              trigger={<Button icon={<Download size={16} aria-hidden />}>{m.audit.export}</Button>}
              entries={[
                { heading: m.audit.exportText },
                { label: m.audit.exportJsonl, onSelect: () => download("jsonl") },
                { label: m.audit.exportCsv, onSelect: () => download("csv") },
              ]}
            />
          </>
        }
      />
      <DataTable
        id="audit"
        label={m.audit.title}
        columns={columns}
        rows={list.items}
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
            <Input aria-label={m.audit.object} placeholder={m.audit.objectPlaceholder} value={filter.object ?? ""} onChange={(event) => setFilter({ object: event.target.value })} className="max-w-60" />
            <Select aria-label={m.audit.kind} value={filter.kind ?? ""} onChange={(event) => setFilter({ kind: event.target.value })} className="max-w-48">
              <option value="">{m.audit.anyKind}</option>
              {Object.keys(PLURALS).map((kind) => (
                <option key={kind} value={kind}>
                  {kindWords(kind)}
                </option>
              ))}
            </Select>
            <Select aria-label={m.audit.outcome} value={filter.outcome ?? ""} onChange={(event) => setFilter({ outcome: event.target.value })} className="max-w-36">
              <option value="">{m.audit.allOutcomes}</option>
              <option value="allowed">{m.audit.outcomes.allowed}</option>
              <option value="denied">{m.audit.outcomes.denied}</option>
            </Select>
            <Input type="date" aria-label={m.audit.from} title={m.audit.from} value={filter.from ?? ""} onChange={(event) => setFilter({ from: event.target.value })} className="max-w-40" />
            <Input type="date" aria-label={m.audit.to} title={m.audit.to} value={filter.to ?? ""} onChange={(event) => setFilter({ to: event.target.value })} className="max-w-40" />
            <Select aria-label={m.audit.chain} value={filter.chain ?? ""} onChange={(event) => setFilter({ chain: event.target.value })} className="max-w-56">
              <option value="">{m.audit.chainOrg}</option>
              <option value="all">{m.audit.chainAll}</option>
            </Select>
            <Views now={now} onChoose={(view) => setFilter({ ...nothing, ...view })} />
          </>
        }
        filtered={Object.keys(now).length > 0}
        onClearFilters={() => setFilter(nothing)}
        empty={{ ...m.audit.empty, icon: <ScrollText size={28} aria-hidden /> }}
      />
      {list.searchedBackTo && (
        <Notice
          action={
            <Button busy={list.isFetchingMore} onClick={list.fetchMore}>
              {m.audit.searchFurther}
            </Button>
          }
        >
          <p role="status">
            {m.audit.searchedBackTo} <RelativeTime at={list.searchedBackTo} /> ({formatExact(list.searchedBackTo)})
          </p>
        </Notice>
      )}
      <EntryPanel entry={open} onClose={() => setOpen(undefined)} />
    </PageBody>
  );
}
