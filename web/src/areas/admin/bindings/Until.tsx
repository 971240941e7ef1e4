// When a binding ends, and whether it has.
import { formatExact } from "../../../lib/format";
import { useNow } from "../../../lib/hooks";
import { access as m } from "../../../messages/en/access";
import { StateBadge } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";

export function Until({ at }: { at: string | undefined }) {
  const now = useNow(1_000);
  if (!at) return <span className="text-muted">{m.forGood}</span>;
  const ended = new Date(at) <= now;
  return (
    <span className="flex flex-wrap items-center gap-x-2" title={formatExact(at)}>
      {ended && <StateBadge tone="stopped">{m.ended}</StateBadge>}
      <RelativeTime at={at} />
    </span>
  );
}
