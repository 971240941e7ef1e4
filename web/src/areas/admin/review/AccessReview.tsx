// Who has what, since when, until when, by which binding, and when they were last there: the page auditors ask for.
import { Link } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { type ReviewRow, reviewCsv, useAccessReview } from "../../../api/access-requests";
import type { Role } from "../../../api/types";
import { roleText } from "../../../lib/bindings";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { access as a } from "../../../messages/en/access";
import { admin as m } from "../../../messages/en/admin";
import { duties } from "../../../messages/en/duties";
import { buttonClass } from "../../../ui/Button";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Select } from "../../../ui/Field";
import { Notice, PageBody, PageHeader } from "../../../ui/Page";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { Until } from "../bindings/Until";
import { placeText } from "../bindings/roles";
import { adminPaths } from "../paths";
import { lastUsed, matches } from "./filters";

const w = duties.review;
const word = (row: ReviewRow) => (row.custom ? row.role : roleText({ role: row.role as Role }));

export function AccessReview() {
  useTitle(w.title);
  const { org } = useProjectScope();
  const query = useAccessReview(org);
  const [search, setSearch] = useSearchState<"search" | "role" | "level" | "only">();
  const rows = query.data?.items.filter((row) => matches(row, search, new Date()));
  const roles = [...new Set(query.data?.items.map((row) => row.role))].sort();
  const columns: Column<ReviewRow>[] = [
    {
      id: "person",
      header: m.bindings.person,
      primary: true,
      sortValue: (row) => row.title || row.user,
      cell: (row) => (
        <span className="flex flex-col">
          <span className="flex flex-wrap items-center gap-2">
            {row.service_account ? (
              <>
                {row.title || row.user} <Tag>{w.program}</Tag>
              </>
            ) : (
              <Link to={adminPaths.user({ org }, row.user)} className="rounded-sm hover:underline">
                {row.title || row.user}
              </Link>
            )}
            {!row.active && <StateBadge tone="stopped">{m.users.inactive}</StateBadge>}
          </span>
          <code className="text-12 font-normal text-muted">{row.user}</code>
        </span>
      ),
    },
    { id: "role", header: m.bindings.role, sortValue: word, cell: word },
    { id: "place", header: m.bindings.place, sortValue: (row) => placeText(row.scope), cell: (row) => placeText(row.scope) },
    { id: "by", header: w.by, sortValue: (row) => row.group ?? "", cell: (row) => (row.group ? <Tag>{row.group}</Tag> : w.directly) },
    { id: "since", header: m.bindings.since, sortValue: (row) => row.since, cell: (row) => <RelativeTime at={row.since} /> },
    { id: "given", header: m.bindings.by, sortValue: (row) => row.given_by, cell: (row) => row.given_by },
    { id: "until", header: a.until, sortValue: (row) => row.expires_at ?? "9", cell: (row) => <Until at={row.expires_at} /> },
    { id: "reason", header: a.reason, cell: (row) => row.reason },
    {
      id: "used",
      header: w.lastUsed,
      sortValue: (row) => lastUsed(row) ?? "",
      cell: (row) => {
        const at = lastUsed(row);
        return at ? <RelativeTime at={at} /> : <span className="text-muted">{m.users.never}</span>;
      },
    },
  ];
  return (
    <PageBody full>
      <PageHeader
        title={w.title}
        description={w.text}
        actions={
          <a href={reviewCsv(org).href} download className={buttonClass()}>
            <Download size={16} aria-hidden />
            {w.csv}
          </a>
        }
      />
      {query.data?.partial && <Notice>{w.partial}</Notice>}
      <DataTable
        id="access-review"
        label={w.title}
        columns={columns}
        rows={rows}
        rowId={(row) => `${row.user}/${placeText(row.scope)}/${row.binding}`}
        rowName={(row) => `${row.title || row.user} ${word(row)}`}
        total={query.data?.items.length}
        error={query.error}
        onRetry={() => void query.refetch()}
        search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: w.search }}
        filters={
          <>
            <Select aria-label={m.bindings.role} value={search.role ?? ""} onChange={(event) => setSearch({ role: event.target.value })} className="max-w-56">
              <option value="">{m.bindings.allRoles}</option>
              {roles.map((role) => (
                <option key={role} value={role}>
                  {roleText({ role: role as Role })}
                </option>
              ))}
            </Select>
            <Select aria-label={m.bindings.level} value={search.level ?? ""} onChange={(event) => setSearch({ level: event.target.value })} className="max-w-44">
              <option value="">{m.bindings.allLevels}</option>
              {(["platform", "org", "project", "workspace"] as const).map((level) => (
                <option key={level} value={level}>
                  {m.bindings.levels[level]}
                </option>
              ))}
            </Select>
            <Select aria-label={w.only} value={search.only ?? ""} onChange={(event) => setSearch({ only: event.target.value })} className="max-w-60">
              <option value="">{w.everything}</option>
              {(["unused", "ending", "forever", "inactive"] as const).map((only) => (
                <option key={only} value={only}>
                  {w.onlys[only]}
                </option>
              ))}
            </Select>
          </>
        }
        filtered={Boolean(search.search || search.role || search.level || search.only)}
        onClearFilters={() => setSearch({ search: "", role: "", level: "", only: "" })}
        empty={{ title: w.empty, text: w.text }}
      />
    </PageBody>
  );
}
