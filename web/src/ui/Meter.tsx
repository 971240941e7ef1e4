// How much of something is taken: a bar with its words, which say everything the bar does.
import { cx } from "./cx";

export function Meter({ label, used, total, text }: { label: string; used: number; total: number; text: string }) {
  const share = total > 0 ? Math.min(1, used / total) : 0;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{label}</span>
        <span className="text-12 text-muted">{text}</span>
      </div>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={used}
        aria-valuetext={text}
        className="h-1.5 overflow-hidden rounded-sm bg-line"
      >
        <div className={cx("h-full rounded-sm", share >= 1 ? "bg-waiting" : "bg-accent")} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
