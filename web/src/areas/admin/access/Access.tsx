// Effective access: what a person may do and why, or who may do something.
import { useMemo } from "react";
import { type AccessAnswer, type Via, useAccess, useWhoMay } from "../../../api/access";
import { useAll } from "../../../api/all";
import { useMe } from "../../../api/session";
import { useDebounced, useTitle } from "../../../lib/hooks";
import { rowName } from "../../../lib/rows";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { access as m } from "../../../messages/en/access";
import { Combobox } from "../../../ui/Combobox";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Field, SelectField, TextField } from "../../../ui/Field";
import { EmptyState, ErrorPanel, Notice, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { Segmented } from "../../../ui/Tabs";
import { Until } from "../bindings/Until";
import { placeText } from "../bindings/roles";
import { PERMISSIONS } from "./permissions";
import { Source, sourceText } from "./Source";

type Search = "by" | "user" | "permission" | "project" | "name" | "search";

export function Access() {
  useTitle(m.title);
  const [search, setSearch] = useSearchState<Search>();
  const by = search.by === "permission" ? "permission" : "person";
  return (
    <PageBody full>
      <PageHeader
        title={m.title}
        description={m.text}
        actions={
          <Segmented
            label={m.view}
            value={by}
            onChange={(next) => setSearch({ by: next, search: "" })}
            options={(["person", "permission"] as const).map((value) => ({ value, label: m.views[value] }))}
          />
        }
      />
      {by === "person" ? <OfPerson search={search} setSearch={setSearch} /> : <WhoMay search={search} setSearch={setSearch} />}
    </PageBody>
  );
}

interface Part {
  search: { [key in Search]?: string | undefined };
  setSearch: (patch: { [key in Search]?: string }) => void;
}

type Entry = AccessAnswer["entries"][number];
const entryId = (row: Entry) => [row.permission, placeText(row.scope), row.via.kind, row.via.binding, placeText(row.via.bound_at ?? {})].join(" ");

function OfPerson({ search, setSearch }: Part) {
  const { org } = useProjectScope();
  const me = useMe()?.user.name;
  const users = useAll("User", {}, { sort: "name" });
  const user = search.user ?? me;
  const answer = useAccess(org, user);
  const needle = (search.search ?? "").toLowerCase();
  const rows = answer.data?.entries.filter((row) => `${row.permission} ${sourceText(row.via)} ${row.via.group ?? ""}`.toLowerCase().includes(needle));
  const here = { org };
  const columns: Column<Entry>[] = [
    { id: "permission", header: m.permission, primary: true, sortValue: (row) => row.permission, cell: (row) => <code>{row.permission}</code> },
    { id: "where", header: m.where, sortValue: (row) => placeText(row.scope), cell: (row) => placeText(row.scope) },
    { id: "why", header: m.why, sortValue: (row) => sourceText(row.via), cell: (row) => <Source via={row.via} here={here} /> },
    ...untilAndReason<Entry>((row) => row.via),
  ];
  return (
    <>
      <div className="max-w-96">
        <Field label={m.person}>
          {(control) => (
            <Combobox
              control={control}
              placeholder={m.pickPerson}
              value={user ?? null}
              onChange={(next) => setSearch({ user: next ?? "" })}
              options={(users.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one), help: one.spec.email }))}
            />
          )}
        </Field>
      </div>
      {answer.error && <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.data?.partial && <Notice>{m.partial}</Notice>}
      {!answer.error && (
        <DataTable
          id="access"
          label={m.title}
          columns={columns}
          rows={rows}
          rowId={entryId}
          rowName={(row) => `${row.permission} ${sourceText(row.via)}`}
          total={rows?.length}
          search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.search }}
          filtered={needle !== ""}
          onClearFilters={() => setSearch({ search: "" })}
          empty={m.nothing}
        />
      )}
    </>
  );
}

interface Holder {
  user: string;
  via: Via;
}
const holderId = (row: Holder) => [row.user, row.via.kind, row.via.binding, placeText(row.via.bound_at ?? {})].join(" ");

function WhoMay({ search, setSearch }: Part) {
  const { org } = useProjectScope();
  const projects = useAll("Project", { org }, { sort: "name" });
  const users = useAll("User", {}, { sort: "name" });
  const name = useDebounced(search.name, 300);
  const answer = useWhoMay(org, { permission: search.permission, project: search.project, name });
  const titles = useMemo(() => new Map(users.items?.map((user) => [user.metadata.name, rowName(user)])), [users.items]);
  const title = (user: string) => titles.get(user) ?? user;
  const needle = (search.search ?? "").toLowerCase();
  const rows = answer.data?.people.flatMap(({ user, service_account, via }) => via.map((one) => ({ user: service_account ?? user, via: one }))).filter((row) => `${row.user} ${title(row.user)}`.toLowerCase().includes(needle));
  const here = { org };
  const columns: Column<Holder>[] = [
    {
      id: "person",
      header: m.person,
      primary: true,
      sortValue: (row) => title(row.user),
      cell: (row) => (
        <span className="flex flex-col">
          {title(row.user)}
          <code className="text-12 font-normal text-muted">{row.user}</code>
        </span>
      ),
    },
    { id: "why", header: m.why, sortValue: (row) => sourceText(row.via), cell: (row) => <Source via={row.via} here={here} /> },
    ...untilAndReason<Holder>((row) => row.via),
  ];
  return (
    <>
      <div className="grid max-w-4xl gap-3 sm:grid-cols-3">
        <Field label={m.permission}>
          {(control) => (
            <Combobox
              control={control}
              placeholder={m.pickPermission}
              value={search.permission ?? null}
              onChange={(next) => setSearch({ permission: next ?? "" })}
              options={PERMISSIONS.map((one) => ({ value: one, label: one }))}
            />
          )}
        </Field>
        <SelectField
          label={m.project}
          value={search.project ?? ""}
          onChange={(project) => setSearch({ project })}
          placeholder={m.wholeOrg}
          options={(projects.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one) }))}
        />
        <TextField label={m.object} help={m.objectHelp} value={search.name ?? ""} onChange={(next) => setSearch({ name: next })} optional />
      </div>
      {answer.error && <ErrorPanel error={answer.error} />}
      {answer.data?.partial && <Notice>{m.partial}</Notice>}
      {!search.permission ? (
        <EmptyState title={m.choosePermission} />
      ) : answer.isLoading ? (
        <Skeleton lines={4} />
      ) : (
        !answer.error && (
          <DataTable
            id="access-who"
            label={m.title}
            columns={columns}
            rows={rows}
            rowId={holderId}
            rowName={(row) => `${title(row.user)} ${sourceText(row.via)}`}
            total={rows?.length}
            search={{ value: search.search ?? "", onChange: (value) => setSearch({ search: value }), label: m.searchPeople }}
            filtered={needle !== ""}
            onClearFilters={() => setSearch({ search: "" })}
            empty={m.nobody}
          />
        )
      )}
    </>
  );
}

function untilAndReason<T>(via: (row: T) => Via): Column<T>[] {
  return [
    { id: "until", header: m.until, sortValue: (row) => via(row).expires_at ?? "9", cell: (row) => (via(row).kind === "role" ? <Until at={via(row).expires_at} /> : null) },
    { id: "reason", header: m.reason, cell: (row) => via(row).reason ?? "" },
  ];
}
