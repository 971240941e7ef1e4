// A number with its word, leading to the list behind it.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatNumber } from "../lib/format";

export function StatRow({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-2 overflow-hidden rounded-md border border-line bg-line gap-px md:grid-cols-4">{children}</div>;
}

export function Stat({ label, value, to, search, note }: { label: string; value: number | undefined; to: string; search?: Record<string, string>; note?: string | undefined }) {
  return (
    <Link to={to} search={(search ?? {}) as never} className="flex flex-col gap-0.5 bg-page px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2">
      <span className="text-12 text-muted">{label}</span>
      <span className="text-20 font-semibold">{value === undefined ? <span aria-hidden>–</span> : formatNumber(value)}</span>
      {note && <span className="text-12 text-muted">{note}</span>}
    </Link>
  );
}
