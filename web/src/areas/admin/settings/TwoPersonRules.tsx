// The two-person rules of an organization: on by one person, off by two.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { keys, useUpdate } from "../../../api/hooks";
import { useMe } from "../../../api/session";
import type { Organization, TwoPerson } from "../../../api/types";
import { admin } from "../../../messages/en/admin";
import { duties } from "../../../messages/en/duties";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { Checkbox } from "../../../ui/Field";
import { ErrorPanel, Notice, Section } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";

const m = duties.settings;
const OFF: TwoPerson = { publish: false, template: false };
const STANDS_MS = 7 * 24 * 3600 * 1000;

export function TwoPersonRules({ organization, mayChange }: { organization: Organization; mayChange: boolean }) {
  const client = useQueryClient();
  const me = useMe()?.user.name;
  const now = organization.spec.two_person ?? OFF;
  const [wanted, setWanted] = useState(now);
  const [agreeing, setAgreeing] = useState(false);
  const update = useUpdate("Organization");
  const changed = wanted.publish !== now.publish || wanted.template !== now.template;
  const kept = update.error instanceof ApiError && update.error.code === "approval_required" ? update.error : undefined;
  const wish = organization.status.switching_off;
  const pending = wish && Date.now() - new Date(wish.at).getTime() < STANDS_MS ? wish : undefined;
  const save = (rules: TwoPerson) => update.mutateAsync({ object: organization, spec: { ...organization.spec, two_person: rules } });
  const ended = pending && (["publish", "template"] as const).filter((rule) => now[rule] && !pending.two_person[rule]);
  return (
    <Section title={m.twoPerson} description={m.twoPersonText}>
      {pending && ended && ended.length > 0 && (
        <Notice
          tone="waiting"
          action={mayChange && pending.by !== me && <Button onClick={() => setAgreeing(true)}>{m.agree}</Button>}
        >
          <p>
            {pending.by === me ? m.pendingOwn : m.pending(pending.by)} {ended.map((rule) => m[rule]).join(", ")} · <RelativeTime at={pending.at} />
          </p>
        </Notice>
      )}
      <form
        className="flex max-w-2xl flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save(wanted).then(
            () => toast(m.saved),
            // That it waits is news on this page as well.
            () => client.invalidateQueries({ queryKey: keys.kind("Organization") }),
          );
        }}
      >
        <Checkbox label={m.publish} help={m.publishHelp} checked={wanted.publish} disabled={!mayChange} onChange={(publish) => setWanted({ ...wanted, publish })} />
        <Checkbox label={m.template} help={m.templateHelp} checked={wanted.template} disabled={!mayChange} onChange={(template) => setWanted({ ...wanted, template })} />
        <p className="text-muted">{m.offText}</p>
        {kept && (
          <Notice tone="waiting">
            <p role="status">{kept.message}</p>
          </Notice>
        )}
        {update.error && !kept && <ErrorPanel error={update.error} />}
        {mayChange && (
          <Button type="submit" variant="primary" busy={update.isPending} disabled={!changed} className="self-start">
            {admin.common.save}
          </Button>
        )}
      </form>
      {pending && (
        <ConfirmDialog
          open={agreeing}
          onClose={() => setAgreeing(false)}
          title={m.agreeTitle}
          verb={m.agree}
          onConfirm={async () => {
            await save(pending.two_person);
            toast(m.saved);
          }}
        >
          <p>{m.agreeText}</p>
        </ConfirmDialog>
      )}
    </Section>
  );
}
