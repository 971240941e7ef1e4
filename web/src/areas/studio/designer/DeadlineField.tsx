// Until when owners may move their instances themselves, in the reader's own time zone.
import { designer } from "../../../messages/en/designer";
import { TextField } from "../../../ui/Field";
import { at } from "./context";

const m = designer.publish;

export function DeadlineField({ value, onChange, error }: { value: string; onChange: (value: string) => void; error: string | undefined }) {
  return <TextField label={m.deadline} optional help={m.deadlineHelp} value={value} onChange={onChange} {...at(error)} input={{ type: "datetime-local", className: "max-w-60" }} />;
}

/** A moment as the control of the browser has it: `2026-11-24T18:30`. */
export function localTime(at: string | undefined): string {
  if (!at) return "";
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment it stands for; nothing where it is empty or no time yet. */
export function readLocalTime(text: string): string | undefined {
  // Browsers read half a date as a whole one.
  const date = /^\d{4,}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
