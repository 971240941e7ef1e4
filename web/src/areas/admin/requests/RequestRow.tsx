// One request for access: who wants what where, why and for how long, and what became of it.
import type { ReactNode } from "react";
import type { AccessRequest, RequestState } from "../../../api/access-requests";
import { roleText } from "../../../lib/bindings";
import { formatDuration } from "../../../lib/format";
import { duties } from "../../../messages/en/duties";
import { StateBadge, type Tone } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { placeText } from "../bindings/roles";

const m = duties.requests;
const TONES: Record<RequestState, Tone> = { pending: "waiting", approved: "running", denied: "failed", lapsed: "stopped" };

export function RequestRow({ request, who, children }: { request: AccessRequest; who?: string; children?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 py-3">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-0.5">
        <p className="flex flex-wrap items-center gap-x-2">
          {who && <span className="font-medium">{who}</span>}
          <span className={who ? "" : "font-medium"}>{roleText(request)}</span>
          <span className="text-muted">{placeText(request.scope)}</span>
          <StateBadge tone={TONES[request.state]}>{m.states[request.state]}</StateBadge>
        </p>
        <p className="break-words">{request.reason}</p>
        <p className="text-12 text-muted">
          {request.duration_seconds ? m.forSpan(formatDuration(request.duration_seconds)) : m.forGood} · <RelativeTime at={request.created_at} />
        </p>
        {request.decided_by && (
          <p className="text-12 break-words text-muted">
            {m.decided(m.states[request.state], request.decided_by)} {request.decided_at && <RelativeTime at={request.decided_at} />}
            {request.note && <> · {request.note}</>}
          </p>
        )}
      </div>
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </li>
  );
}
