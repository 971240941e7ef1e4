// The same rows as a list, for screens below 900 pixels: nothing is lost, only laid out anew.
import type { DataTableProps } from "./DataTable";
import { Skeleton } from "./Page";

export function NarrowRows<T>({ columns, rows, rowId, onOpen, rowActions, label }: DataTableProps<T>) {
  if (!rows)
    return (
      <div aria-busy="true">
        <Skeleton lines={5} />
      </div>
    );
  const primary = columns.find((column) => column.primary) ?? columns[0];
  const others = columns.filter((column) => column !== primary);
  return (
    <ul aria-label={label} className="flex flex-col divide-y divide-line rounded-md border border-line">
      {rows.map((row) => (
        <li
          key={rowId(row)}
          className="flex flex-col gap-1.5 px-3 py-3"
          onClick={(event) => {
            if (onOpen && !(event.target as HTMLElement).closest("a, button, input, [role=menu]")) onOpen(row);
          }}
        >
          <div className="flex items-center justify-between gap-2">
            <div className="min-w-0 font-medium">{primary?.cell(row)}</div>
            {rowActions?.(row)}
          </div>
          <dl className="grid grid-cols-[minmax(96px,max-content)_1fr] items-baseline gap-x-3 gap-y-1">
            {others.map((column) => {
              const cell = column.cell(row);
              // A heading over nothing only makes the list longer.
              if (cell === "" || cell === null || cell === undefined || cell === false) return null;
              return (
                <div key={column.id} className="contents">
                  <dt className="text-12 text-muted">{column.header}</dt>
                  <dd className="min-w-0 break-words">{cell}</dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ul>
  );
}
