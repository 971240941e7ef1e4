// Buttons and links that look like buttons.
import { LoaderCircle } from "lucide-react";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "./cx";
import { Tooltip } from "./Tooltip";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger" | "quiet-danger";
export type ButtonSize = "small" | "medium";

const BASE =
  "inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-50 disabled:cursor-not-allowed";
const VARIANTS: Record<ButtonVariant, string> = {
  primary: "bg-accent border-accent text-on-accent hover:not-disabled:bg-accent-hover hover:not-disabled:border-accent-hover",
  secondary: "bg-raised border-line-strong/60 text-ink hover:not-disabled:bg-hover",
  quiet: "bg-transparent border-transparent text-ink hover:not-disabled:bg-hover",
  "quiet-danger": "bg-transparent border-transparent text-failed hover:not-disabled:bg-failed-soft",
  danger: "bg-raised border-failed/60 text-failed hover:not-disabled:bg-failed-soft",
};
const SIZES: Record<ButtonSize, string> = { small: "h-7 px-2 text-12", medium: "h-8 px-3 text-14" };

export function buttonClass(variant: ButtonVariant = "secondary", size: ButtonSize = "medium"): string {
  return cx(BASE, VARIANTS[variant], SIZES[size]);
}

interface Looks {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
}

export function Button({
  variant,
  size,
  icon,
  busy,
  children,
  className,
  disabled,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & Looks & { busy?: boolean; ref?: Ref<HTMLButtonElement> }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass(variant, size), className)}
    >
      {busy ? <LoaderCircle size={16} className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

export function LinkButton({
  variant,
  size,
  icon,
  children,
  className,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & Looks) {
  return (
    <a {...rest} className={cx(buttonClass(variant, size), className)}>
      {icon}
      {children}
    </a>
  );
}

/** A button with only an icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  children,
  className,
  size = "medium",
  variant = "quiet",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { label: string; size?: ButtonSize; variant?: ButtonVariant; ref?: Ref<HTMLButtonElement> }) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(BASE, VARIANTS[variant], size === "small" ? "size-7" : "size-8", "shrink-0 p-0", className)}
      >
        {children}
      </button>
    </Tooltip>
  );
}
