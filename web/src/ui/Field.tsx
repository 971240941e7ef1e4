// Labels, help and errors around one control, tied together for screen readers.
import { Lock } from "lucide-react";
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { ui as m } from "../messages/en/ui";
import { cx } from "./cx";

export const CONTROL =
  "w-full rounded-md border border-line-strong/70 bg-raised px-2 text-14 text-ink disabled:bg-sunken disabled:text-muted aria-invalid:border-failed";

export interface ControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  required?: boolean;
}

export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string;
  required?: boolean;
  optional?: boolean;
  /** Why the value cannot be changed here. */
  locked?: string;
  /** Stands at the right of the label. */
  aside?: ReactNode;
  className?: string;
  id?: string;
  children: (control: ControlProps) => ReactNode;
}

/** Lays out one labelled control; `children` gets the attributes the control must carry. */
export function Field({ label, help, error, required, optional, locked, aside, className, id, children }: FieldProps) {
  const own = useId();
  const control = id ?? own;
  const described = [help && `${control}-help`, error && `${control}-error`, locked && `${control}-lock`].filter(Boolean).join(" ");
  return (
    <div className={cx("flex flex-col gap-1", className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={control} className="font-medium">
          {label}
          {optional && <span className="ml-1 font-normal text-muted">{m.optional}</span>}
          {required && (
            <span className="ml-1 text-failed" aria-hidden>
              *
            </span>
          )}
        </label>
        {aside}
      </div>
      {children({
        id: control,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error ? { "aria-invalid": true as const } : {}),
        ...(required ? { required: true } : {}),
      })}
      {locked && (
        <p id={`${control}-lock`} className="flex items-center gap-1 text-12 text-muted">
          <Lock size={12} aria-hidden className="shrink-0" /> {locked}
        </p>
      )}
      {help && (
        <p id={`${control}-help`} className="text-12 text-muted">
          {help}
        </p>
      )}
      <FieldError id={`${control}-error`} message={error} />
    </div>
  );
}

export function FieldError({ id, message }: { id?: string; message?: string | undefined }) {
  if (!message) return null;
  return (
    <p id={id} role="alert" className="text-12 font-medium text-failed">
      {message}
    </p>
  );
}

export function Input({ className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input {...rest} className={cx(CONTROL, "h-8", className)} />;
}

export function TextArea({ className, rows = 4, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea rows={rows} {...rest} className={cx(CONTROL, "py-1.5", className)} />;
}

export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select {...rest} className={cx(CONTROL, "h-8 pr-1", className)}>
      {children}
    </select>
  );
}

interface TextFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  input?: Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> & { ref?: Ref<HTMLInputElement> };
}

/** A labelled one-line text. */
export function TextField({ value, onChange, input, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(control) => <Input {...input} {...control} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

interface SelectFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string; disabled?: boolean }[];
  disabled?: boolean;
  placeholder?: string;
}

/** A labelled choice from a short list; use `Combobox` for long ones. */
export function SelectField({ value, onChange, options, disabled, placeholder, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <Select {...control} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
          {placeholder !== undefined && <option value="">{placeholder}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

/** A labelled tick box. */
export function Checkbox({
  label,
  help,
  checked,
  onChange,
  disabled,
  id,
}: {
  label: ReactNode;
  help?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  id?: string;
}) {
  const own = useId();
  const control = id ?? own;
  return (
    <div className="flex gap-2">
      <input
        id={control}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={help ? `${control}-help` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={control}>{label}</label>
        {help && (
          <p id={`${control}-help`} className="text-12 text-muted">
            {help}
          </p>
        )}
      </div>
    </div>
  );
}

/** A search box with the usual icon-free look and its own name. */
export function SearchInput({
  value,
  onChange,
  label,
  className,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  className?: string;
  ref?: Ref<HTMLInputElement>;
}) {
  return (
    <Input
      ref={ref}
      type="search"
      value={value}
      aria-label={label}
      placeholder={label}
      onChange={(event) => onChange(event.target.value)}
      className={cx("max-w-80", className)}
    />
  );
}
