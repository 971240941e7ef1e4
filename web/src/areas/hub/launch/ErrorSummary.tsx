// Everything that keeps a launch from happening, each entry jumping to its field.
import { useEffect, useRef } from "react";
import type { FieldError } from "../../../api/types";
import { fieldId } from "../../../forms/ProfileForm";
import { forms } from "../../../messages/en/forms";
import { ErrorPanel } from "../../../ui/Page";

function jump(path: string): void {
  const control = document.getElementById(fieldId(path));
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}

export interface ErrorSummaryProps {
  errors: FieldError[];
  failure: unknown;
  /** What the server refused, where it named fields. */
  fields: FieldError[];
  /** Grows with every launch that did not happen: the list then takes the focus. */
  attempts: number;
  /** What people read for the field at a path. */
  labelFor: (path: string) => string;
}

export function ErrorSummary({ errors, failure, fields, attempts, labelFor }: ErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  const count = errors.length;
  useEffect(() => {
    // Not while people mend one by one: the focus is theirs then.
    if (attempts > 0) box.current?.focus();
  }, [attempts]);
  if (count === 0 && !failure) return null;
  return (
    <div ref={box} tabIndex={-1} className="flex flex-col gap-3 outline-none">
      {failure !== undefined && fields.length === 0 && <ErrorPanel error={failure} />}
      {failure !== undefined && fields.length > 0 && <List errors={fields} labelFor={labelFor} />}
      {count > 0 && <List errors={errors} labelFor={labelFor} />}
    </div>
  );
}

function List({ errors, labelFor }: Pick<ErrorSummaryProps, "errors" | "labelFor">) {
  return (
    <div role="alert" className="rounded-md border border-failed/50 bg-failed-soft px-4 py-3">
      <p className="font-medium">{forms.errorsTitle(errors.length)}</p>
      <ul className="mt-1 flex flex-col gap-1">
        {errors.map((error) => (
          <li key={`${error.path}:${error.message}`}>
            {error.path ? (
              <button type="button" onClick={() => jump(error.path)} className="rounded-sm text-left underline underline-offset-2">
                {labelFor(error.path)}: {error.message}
              </button>
            ) : (
              error.message
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
