// What one may do where, what one has asked for, and asking for more.
import { useQueries } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { accessRequestsQuery, useWithdrawAccess } from "../api/access-requests";
import { useMe } from "../api/session";
import { Until } from "../areas/admin/bindings/Until";
import { placeText } from "../areas/admin/bindings/roles";
import { RequestRow } from "../areas/admin/requests/RequestRow";
import { roleText } from "../lib/bindings";
import { useTitle } from "../lib/hooks";
import { duties } from "../messages/en/duties";
import { Button } from "../ui/Button";
import { ErrorPanel, Section, Skeleton } from "../ui/Page";
import { Tag } from "../ui/StateBadge";
import { toast } from "../ui/Toast";
import { RequestAccess } from "./RequestAccess";

const m = duties.requests;

export function MyAccess() {
  useTitle(m.mine);
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const withdraw = useWithdrawAccess();
  const orgs = [...new Set((me?.bindings ?? []).flatMap((binding) => (binding.org ? [binding.org] : [])))].sort();
  const answers = useQueries({ queries: orgs.map((org) => accessRequestsQuery(org, true)) });
  const requests = answers.flatMap((answer) => answer.data?.items ?? []);
  const failed = answers.find((answer) => answer.error)?.error;
  return (
    <div className="flex flex-col gap-8">
      <Section
        title={m.roles}
        actions={
          orgs.length > 0 && (
            <Button variant="primary" icon={<KeyRound size={16} aria-hidden />} onClick={() => setAsking(true)}>
              {m.ask}
            </Button>
          )
        }
      >
        {!me && <Skeleton lines={3} />}
        {me?.bindings.length === 0 && <p className="text-muted">{m.noRoles}</p>}
        <ul className="flex flex-col divide-y divide-line border-y border-line empty:hidden">
          {me?.bindings.map((binding, index) => (
            <li key={index} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
              <span className="font-medium">{roleText(binding)}</span>
              <span className="text-muted">{placeText(binding)}</span>
              {binding.group && <Tag>{binding.group}</Tag>}
              <span className="ml-auto text-12">
                <Until at={binding.expires_at} />
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={m.yours}>
        {failed && <ErrorPanel error={failed} />}
        {withdraw.error && <ErrorPanel error={withdraw.error} />}
        {requests.length === 0 && !failed && <p className="text-muted">{m.none}</p>}
        <ul className="flex flex-col divide-y divide-line border-y border-line empty:hidden">
          {requests.map((request) => (
            <RequestRow key={request.name} request={request}>
              {request.state === "pending" && (
                <Button size="small" busy={withdraw.isPending && withdraw.variables?.name === request.name} onClick={() => withdraw.mutate(request, { onSuccess: () => toast(m.withdrawn) })}>
                  {m.withdraw}
                </Button>
              )}
            </RequestRow>
          ))}
        </ul>
      </Section>
      {asking && <RequestAccess orgs={orgs} onClose={() => setAsking(false)} />}
    </div>
  );
}
