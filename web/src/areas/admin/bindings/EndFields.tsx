// When a binding ends and why it was made: a moment with a few quick choices, and a sentence.
import { access as m } from "../../../messages/en/access";
import { Button } from "../../../ui/Button";
import { Field, Input, TextArea } from "../../../ui/Field";
import { withError } from "../../../ui/with-error";

const DAY = 24 * 3600 * 1000;

/** What a date field shows for a moment, in the person's own time. */
export function localText(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment that a date field means, as the server reads it; nothing where it is empty. */
export function momentOf(text: string): string | undefined {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The next Friday at six in the evening; a week on when that is past. */
export function fridayAfter(now: Date): Date {
  const at = new Date(now);
  at.setHours(18, 0, 0, 0);
  at.setDate(at.getDate() + ((5 - at.getDay() + 7) % 7));
  return at <= now ? new Date(at.getTime() + 7 * DAY) : at;
}

export function EndFields({
  ends,
  onEnds,
  reason,
  onReason,
  endsError,
  reasonError,
}: {
  ends: string;
  onEnds: (text: string) => void;
  reason: string;
  onReason: (text: string) => void;
  endsError?: string | undefined;
  reasonError?: string | undefined;
}) {
  const quick = [
    { label: m.quick.day, at: () => new Date(Date.now() + DAY) },
    { label: m.quick.friday, at: () => fridayAfter(new Date()) },
    { label: m.quick.month, at: () => new Date(Date.now() + 30 * DAY) },
  ];
  return (
    <>
      <Field label={m.endsAt} optional help={m.endsHelp} {...withError(endsError)}>
        {(control) => <Input {...control} type="datetime-local" value={ends} onChange={(event) => onEnds(event.target.value)} />}
      </Field>
      <div role="group" aria-label={m.quickLabel} className="flex flex-wrap gap-2">
        {quick.map((one) => (
          <Button key={one.label} size="small" onClick={() => onEnds(localText(one.at()))}>
            {one.label}
          </Button>
        ))}
      </div>
      <Field label={m.reason} optional help={m.reasonHelp} {...withError(reasonError)}>
        {(control) => <TextArea {...control} rows={2} maxLength={500} value={reason} onChange={(event) => onReason(event.target.value)} />}
      </Field>
    </>
  );
}
