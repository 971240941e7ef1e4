// Requests for access in the organization: what waits, and deciding about it.
import { useQuery } from "@tanstack/react-query";
import { UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { type AccessRequest, accessRequestsQuery, useDecideAccess } from "../../../api/access-requests";
import { useAll } from "../../../api/all";
import { roleText } from "../../../lib/bindings";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { duties } from "../../../messages/en/duties";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, TextArea } from "../../../ui/Field";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { placeText } from "../bindings/roles";
import { RequestRow } from "./RequestRow";

const m = duties.requests;

export function Requests() {
  useTitle(m.title);
  const { org } = useProjectScope();
  const query = useQuery({ ...accessRequestsQuery(org, false), refetchInterval: 30_000 });
  const users = useAll("User", {}, { sort: "name" });
  const [deciding, setDeciding] = useState<{ request: AccessRequest; verb: "approve" | "deny" }>();
  const title = (name: string) => users.items?.find((user) => user.metadata.name === name)?.metadata.display_name || name;
  const all = query.data?.items;
  const waiting = all?.filter((request) => request.state === "pending") ?? [];
  const ended = all?.filter((request) => request.state !== "pending") ?? [];
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} />
      {query.error && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {!all && !query.error && <Skeleton lines={4} />}
      {all && waiting.length === 0 && (
        <EmptyState title={m.nothingWaits} icon={<UserRoundCheck size={28} aria-hidden />}>
          {m.nothingWaitsText}
        </EmptyState>
      )}
      {waiting.length > 0 && (
        <Section title={m.waiting}>
          <ul className="flex flex-col divide-y divide-line border-y border-line">
            {waiting.map((request) => (
              <RequestRow key={request.name} request={request} who={title(request.user)}>
                {request.may_decide ? (
                  <>
                    <Button size="small" variant="primary" aria-label={m.approveOne(title(request.user))} onClick={() => setDeciding({ request, verb: "approve" })}>
                      {m.approve}
                    </Button>
                    <Button size="small" aria-label={m.denyOne(title(request.user))} onClick={() => setDeciding({ request, verb: "deny" })}>
                      {m.deny}
                    </Button>
                  </>
                ) : (
                  <span className="text-12 text-muted">{m.others}</span>
                )}
              </RequestRow>
            ))}
          </ul>
        </Section>
      )}
      {ended.length > 0 && (
        <Section title={m.ended}>
          <ul className="flex flex-col divide-y divide-line border-y border-line">
            {ended.map((request) => (
              <RequestRow key={request.name} request={request} who={title(request.user)} />
            ))}
          </ul>
        </Section>
      )}
      {deciding && <Decide {...deciding} who={title(deciding.request.user)} onClose={() => setDeciding(undefined)} />}
    </PageBody>
  );
}

function Decide({ request, verb, who, onClose }: { request: AccessRequest; verb: "approve" | "deny"; who: string; onClose: () => void }) {
  const [note, setNote] = useState("");
  const decide = useDecideAccess();
  const words = m[verb === "approve" ? "approving" : "denying"];
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title(who)}
      description={words.text(who, roleText(request), placeText(request.scope))}
      onSubmit={() =>
        decide.mutate(
          { request, verb, note: note.trim() },
          {
            onSuccess: () => {
              toast(words.done(who));
              onClose();
            },
          },
        )
      }
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant={verb === "approve" ? "primary" : "danger"} busy={decide.isPending}>
            {m[verb]}
          </Button>
        </>
      }
    >
      <p className="rounded-md bg-sunken px-3 py-2 break-words">{request.reason}</p>
      <Field label={m.note} optional help={m.noteHelp}>
        {(control) => <TextArea {...control} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      {decide.error && <ErrorPanel error={decide.error} />}
    </Dialog>
  );
}
