// Who would lose or gain what by a change, before it is confirmed.
import { useImpact, type Impact } from "../../../api/access";
import type { Kind, KindMap } from "../../../api/types";
import { access as m } from "../../../messages/en/access";
import { placeText } from "../bindings/roles";

/** People named; the count says how many there are. */
const NAMED = 5;

export function ImpactNote<K extends Kind>({ kind, object, change }: { kind: K; object: KindMap[K]; change: "delete" | { spec: KindMap[K]["spec"] } }) {
  const impact = useImpact(kind, object, change);
  // What cannot be done says so itself when it is tried.
  if (impact.error) return null;
  return (
    <div role="status" aria-label={m.impact.label} className="flex flex-col gap-2 rounded-md border border-line bg-sunken p-3">
      {!impact.data ? (
        <p className="text-muted">{m.impact.reading}</p>
      ) : impact.data.loses.length + impact.data.gains.length === 0 ? (
        <p>{m.impact.none}</p>
      ) : (
        <>
          <People of={impact.data.loses} title={m.impact.loses} />
          <People of={impact.data.gains} title={m.impact.gains} />
        </>
      )}
    </div>
  );
}

function People({ of, title }: { of: Impact["loses"]; title: (count: number) => string }) {
  if (of.length === 0) return null;
  return (
    <div>
      <p className="font-medium">{title(new Set(of.map((one) => one.user)).size)}</p>
      <ul className="list-disc pl-5">
        {of.slice(0, NAMED).map((one) => (
          <li key={`${one.user} ${placeText(one.scope)}`}>{m.impact.one(one.user, one.permissions, placeText(one.scope))}</li>
        ))}
        {of.length > NAMED && <li className="text-muted">{m.impact.more(of.length - NAMED)}</li>}
      </ul>
    </div>
  );
}
