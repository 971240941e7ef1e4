// Names and values in two columns.
import { Fragment, type ReactNode } from "react";

export type KeyValueEntry = { label: ReactNode; value: ReactNode } | false | "" | null | undefined;

export function KeyValue({ entries }: { entries: KeyValueEntry[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-1 sm:grid-cols-[minmax(120px,max-content)_1fr] sm:gap-y-2">
      {entries.map((entry, index) =>
        entry ? (
          <Fragment key={index}>
            <dt className="text-muted">{entry.label}</dt>
            <dd className="mb-2 min-w-0 break-words sm:mb-0">{entry.value}</dd>
          </Fragment>
        ) : null,
      )}
    </dl>
  );
}
