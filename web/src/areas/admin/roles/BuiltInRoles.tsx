// What each built-in role may do: a matrix where there is room for one, one role at a time where there is not.
import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { api } from "../../../api/client";
import type { BuiltInRole } from "../../../api/types-people";
import { useNarrow, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { admin } from "../../../messages/en/admin";
import { builtInRoles as m } from "../../../messages/en/roles";
import { ui } from "../../../messages/en/ui";
import { SearchInput, SelectField } from "../../../ui/Field";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { type KindGroup, groupsOf, matching, words } from "./matrix";

export function BuiltInRoles() {
  useTitle(m.title);
  const { org } = useProjectScope();
  const narrow = useNarrow();
  const [search, setSearch] = useSearchState<"search" | "role" | "kind">();
  const query = useQuery({
    queryKey: ["built-in-roles", org],
    queryFn: ({ signal }) => api.get<{ items: BuiltInRole[] }>(`/orgs/${encodeURIComponent(org)}/built-in-roles`, undefined, signal),
    // They change with the server's version only.
    staleTime: Infinity,
  });
  const all = query.data?.items;
  const every = all ? groupsOf(all) : undefined;
  const groups = every && matching(every, search.search ?? "", search.kind);
  const chosen = all?.find((one) => one.role === search.role) ?? (narrow ? all?.[0] : undefined);
  const options = [
    ...(narrow ? [] : [{ value: "", label: m.allRoles }]),
    ...(all ?? []).map((one) => ({ value: one.role as string, label: ui.roles[one.role] })),
  ];
  const kinds = [{ value: "", label: m.allKinds }, ...(every ?? []).map(({ kind }) => ({ value: kind, label: words(kind) }))];
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} />
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {!all && !query.error && <Skeleton lines={8} />}
      {all && groups && (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-end gap-3">
            <SelectField label={m.role} value={chosen?.role ?? ""} onChange={(role) => setSearch({ role })} options={options} className="w-72 max-w-full" />
            <SelectField label={m.kind} value={search.kind ?? ""} onChange={(kind) => setSearch({ kind })} options={kinds} className="w-56 max-w-full" />
            <SearchInput value={search.search ?? ""} onChange={(value) => setSearch({ search: value })} label={m.search} />
          </div>
          {groups.length === 0 ? (
            <EmptyState title={m.noMatch.title}>{m.noMatch.text}</EmptyState>
          ) : chosen ? (
            <OneRole role={chosen} groups={groups} />
          ) : (
            <Matrix roles={all} groups={groups} />
          )}
        </div>
      )}
    </PageBody>
  );
}

function OneRole({ role, groups }: { role: BuiltInRole; groups: KindGroup[] }) {
  const held = new Set(role.permissions);
  const shown = groups.map((group) => ({ ...group, rows: group.rows.filter((row) => held.has(row.permission)) })).filter((group) => group.rows.length > 0);
  return (
    <section className="flex flex-col gap-3" aria-label={ui.roles[role.role]}>
      <div>
        <p>{admin.bindings.roleHelp[role.role]}</p>
        <p className="text-muted">{m.boundAt(role.levels.map((level) => admin.bindings.levels[level]).join(", "))}</p>
      </div>
      {shown.length === 0 ? (
        <p className="text-muted">{m.nothing}</p>
      ) : (
        <dl className="max-w-3xl divide-y divide-line rounded-md border border-line">
          {shown.map((group) => (
            <div key={group.kind} className="flex flex-wrap gap-x-4 gap-y-1 px-3 py-2">
              <dt className="w-48 font-medium">{words(group.kind)}</dt>
              <dd className="min-w-0 flex-1 basis-48">{group.rows.map((row) => words(row.verb).toLowerCase()).join(", ")}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

const HEAD = "sticky top-0 z-10 border-b border-line bg-sunken text-12 font-medium text-muted";

function Matrix({ roles, groups }: { roles: BuiltInRole[]; groups: KindGroup[] }) {
  const held = roles.map((role) => ({ role: role.role, permissions: new Set(role.permissions) }));
  return (
    <div className="max-h-[calc(100dvh-260px)] min-h-80 overflow-auto rounded-md border border-line" tabIndex={0} role="group" aria-label={m.matrix}>
      <table className="w-full border-separate border-spacing-0" aria-label={m.matrix}>
        <thead>
          <tr>
            <th scope="col" className={`${HEAD} left-0 z-20 min-w-52 px-3 py-2 text-left align-bottom`}>
              {m.permission}
            </th>
            {roles.map(({ role }) => (
              <th key={role} scope="col" className={`${HEAD} h-52 min-w-11 px-1 py-2 align-bottom`}>
                <span className="inline-block rotate-180 text-left whitespace-nowrap [writing-mode:vertical-rl]" title={admin.bindings.roleHelp[role]}>
                  {ui.roles[role]}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.kind}>
            <tr>
              <th scope="rowgroup" colSpan={roles.length + 1} className="border-b border-line bg-page px-3 pt-4 pb-1.5 text-left font-semibold">
                {words(group.kind)}
              </th>
            </tr>
            {group.rows.map((row) => (
              <tr key={row.permission} className="hover:bg-hover">
                <th scope="row" className="sticky left-0 border-b border-line bg-page px-3 py-1.5 text-left font-normal" title={row.permission}>
                  {words(row.verb)}
                </th>
                {held.map(({ role, permissions }) => (
                  <td key={role} className="border-b border-line px-1 py-1.5 text-center">
                    {permissions.has(row.permission) ? (
                      <>
                        <Check size={16} className="inline text-accent" aria-hidden />
                        <span className="sr-only">{m.may}</span>
                      </>
                    ) : (
                      <>
                        <span aria-hidden className="text-muted">
                          ·
                        </span>
                        <span className="sr-only">{m.mayNot}</span>
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
