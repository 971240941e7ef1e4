// What launching would mean, kept in view while the form is filled in.
import { useRouter } from "@tanstack/react-router";
import { Rocket } from "lucide-react";
import type { ReactNode } from "react";
import type { FormAnswer } from "../../../api/types";
import { formatMoney } from "../../../lib/format";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { CopyTextButton } from "../../../ui/CopyButton";
import { Isolation } from "../../../ui/Isolation";
import { Skeleton } from "../../../ui/Page";
import { AvailabilityBadge, availabilityWord } from "../../../ui/ProfileCard";
import { SizeLine } from "../../../ui/SizeLine";
import { type LaunchDraft, hasSensitive, launchCommand, launchYaml } from "./draft";
import { launchLink } from "./link";

const m = hub.launch;

export function Summary({ answer, draft, busy, isBehind }: { answer: FormAnswer | undefined; draft: LaunchDraft; busy: boolean; isBehind: boolean }) {
  const router = useRouter();
  const summary = answer?.summary;
  return (
    <aside aria-label={m.summary} className="flex flex-col gap-4 rounded-md border border-line bg-sunken p-4 lg:sticky lg:top-16">
      <div className="flex items-baseline justify-between">
        <h2 className="text-16 font-semibold">{m.summary}</h2>
        <span role="status" className="text-12 text-muted">
          {isBehind && answer ? m.updating : ""}
        </span>
      </div>
      {!answer || !summary ? (
        <Skeleton lines={6} />
      ) : (
        <>
          <dl className="flex flex-col gap-3">
            <Line label={m.price}>
              {summary.price_per_hour === undefined ? (
                m.noPrice
              ) : (
                <>
                  <span className="text-20 font-semibold">{ui.perHour(formatMoney(summary.price_per_hour, summary.currency))}</span>
                  {summary.price_per_month !== undefined && <span className="block text-muted">{ui.perMonth(formatMoney(summary.price_per_month, summary.currency))}</span>}
                </>
              )}
            </Line>
            <Line label={m.size}>{summary.size ? <SizeLine size={summary.size} /> : <span className="text-muted">{m.unknownSize}</span>}</Line>
            <Line label={m.capacity}>
              <AvailabilityBadge availability={summary.capacity} />
              {summary.capacity.message && summary.capacity.message !== availabilityWord(summary.capacity) && <span className="mt-1 block text-muted">{summary.capacity.message}</span>}
            </Line>
            {summary.limit && (
              <Line label={m.limit}>
                <span className={summary.limit.used >= summary.limit.most ? "font-medium text-failed" : undefined}>{m.limitUse(summary.limit.used, summary.limit.most)}</span>
                {summary.limit.used >= summary.limit.most && <span className="block text-muted">{m.limitReached}</span>}
              </Line>
            )}
            {summary.target && <Line label={m.target}>{summary.target}</Line>}
            {summary.isolation && <Line label={m.isolation}><Isolation text={summary.isolation} /></Line>}
            {summary.access.length > 0 && (
              <Line label={m.access}>
                <ul>
                  {summary.access.map((line) => (
                    <li key={line.endpoint}>
                      {line.title}: {ui.access[line.access]}
                    </li>
                  ))}
                </ul>
              </Line>
            )}
          </dl>
          <Button type="submit" variant="primary" busy={busy} icon={<Rocket size={16} aria-hidden />}>
            {summary.capacity.state === "queue" ? m.launchQueued : m.launch}
          </Button>
          <div className="flex flex-col gap-2 border-t border-line pt-4">
            <CopyTextButton text={() => launchCommand(draft, answer)} size="small">
              {m.copyCommand}
            </CopyTextButton>
            <CopyTextButton text={() => launchYaml(draft, answer)} size="small">
              {m.copyYaml}
            </CopyTextButton>
            <CopyTextButton text={() => launchLink(router, draft, answer)} size="small">
              {m.copyLink}
            </CopyTextButton>
            <p className="text-12 text-muted">{m.copyLinkHelp}</p>
            {hasSensitive(draft, answer) && <p className="text-12 text-muted">{m.sensitiveLeftOut}</p>}
          </div>
        </>
      )}
    </aside>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-12 text-muted">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
