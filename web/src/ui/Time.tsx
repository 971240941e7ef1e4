// Moments and spans of time, relative with the exact value on hover and focus.
import { formatDuration, formatExact, formatRelative } from "../lib/format";
import { useNow } from "../lib/hooks";

export function RelativeTime({ at }: { at: string }) {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={formatExact(at)} className="whitespace-nowrap">
      {formatRelative(at, now)}
    </time>
  );
}

/** How long since a moment, counting. */
export function Since({ at }: { at: string }) {
  const now = useNow(1_000);
  return (
    <time dateTime={at} title={formatExact(at)} className="whitespace-nowrap">
      {formatDuration((now.getTime() - new Date(at).getTime()) / 1000)}
    </time>
  );
}
