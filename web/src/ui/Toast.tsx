// Short notes about what happened. Only for what needs no action: everything else stays on the page.
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

interface ToastEntry {
  id: number;
  text: string;
  tone: "plain" | "failed";
}

const SHOWN_FOR_MS = 6_000;
let entries: ToastEntry[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: ToastEntry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  change(entries.filter((entry) => entry.id !== id));
}

/** Shows a note for a few seconds. */
export function toast(text: string, tone: ToastEntry["tone"] = "plain"): void {
  const entry = { id: nextId++, text, tone };
  change([...entries.slice(-2), entry]);
  setTimeout(() => dismiss(entry.id), SHOWN_FOR_MS);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => entries);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 z-50 flex max-w-[calc(100vw-32px)] flex-col gap-2">
      {shown.map((entry) => (
        <div
          key={entry.id}
          className={cx(
            "pointer-events-auto flex items-start gap-3 rounded-md border bg-raised px-3 py-2 shadow-float",
            entry.tone === "failed" ? "border-failed text-failed" : "border-line",
          )}
        >
          <span className="max-w-96">{entry.text}</span>
          <button type="button" aria-label={m.dismiss} onClick={() => dismiss(entry.id)} className="mt-0.5 text-muted">
            <X size={14} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
