// What became of each part of something imported: losses first, nothing left out.
import { useState } from "react";
import type { ReportItem } from "../../../api/types-studio";
import { imports } from "../../../messages/en/import";
import { Section } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";
import { Segmented } from "../../../ui/Tabs";

const m = imports.report;
const ORDER = ["lost", "adapted", "carried"] as const;
const TONES = { lost: "failed", adapted: "waiting", carried: "running" } as const;

export function Report({ items }: { items: ReportItem[] }) {
  const [shown, setShown] = useState<(typeof ORDER)[number] | "all">("all");
  const count = (severity: ReportItem["severity"]) => items.filter((item) => item.severity === severity).length;
  const rows = ORDER.flatMap((severity) => items.filter((item) => item.severity === severity && (shown === "all" || shown === severity)));
  return (
    <Section title={m.title}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div role="status" className="flex flex-wrap gap-2">
          {ORDER.map((severity) => count(severity) > 0 && <StateBadge key={severity} tone={TONES[severity]}>{m.counts[severity](count(severity))}</StateBadge>)}
          {items.length === 0 && <span className="text-muted">{m.none}</span>}
        </div>
        {items.length > 0 && (
          <Segmented label={m.show} value={shown} onChange={setShown} options={[{ value: "all", label: m.all }, ...ORDER.filter((severity) => count(severity) > 0).map((severity) => ({ value: severity, label: m.words[severity] }))]} />
        )}
      </div>
      {rows.length > 0 && (
        <div role="group" aria-label={m.label} tabIndex={0} className="max-h-[50dvh] overflow-auto rounded-md border border-line">
          <ul className="divide-y divide-line">
            {rows.map((item, index) => (
              <li key={index} className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[7rem_minmax(0,14rem)_minmax(0,1fr)]">
                <span>
                  <StateBadge tone={TONES[item.severity]}>{m.words[item.severity]}</StateBadge>
                </span>
                <code className="break-words">{item.item}</code>
                <span className="break-words whitespace-pre-wrap text-muted">{item.message}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}
