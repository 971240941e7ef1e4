// A password that is being chosen, and how hard it is to guess by the server's own rule.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { PasswordStrength } from "../api/types-people";
import { useDebounced } from "../lib/hooks";
import { session as m } from "../messages/en/session";
import { cx } from "../ui/cx";
import { PasswordField } from "./PasswordField";

export function NewPasswordField({
  label,
  value,
  onChange,
  email,
  displayName,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Whose it is to be, where that is known: what contains it is easy to guess. */
  email?: string | undefined;
  displayName?: string | undefined;
  error?: string | undefined;
}) {
  const settled = useDebounced(value, 250);
  const judged = useQuery({
    queryKey: ["password-strength", settled, email, displayName],
    queryFn: () => api.post<PasswordStrength>("/password-strength", { password: settled, email: email ?? "", display_name: displayName ?? "" }),
    enabled: settled !== "",
    placeholderData: (before) => before,
    retry: false,
    // What was typed is not kept in the browser's memory longer than it is looked at.
    gcTime: 0,
  });
  const strength = value === "" ? undefined : judged.data;
  return (
    <div className="flex flex-col gap-2">
      <PasswordField label={label} help={m.passwordHelp} value={value} onChange={onChange} autoComplete="new-password" {...(error ? { error } : {})} />
      <div
        role="meter"
        aria-label={m.strength.label}
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={strength?.score ?? 0}
        aria-valuetext={strength ? m.strength.words[strength.score] : m.strength.none}
        className="grid grid-cols-4 gap-1"
      >
        {[1, 2, 3, 4].map((step) => (
          <span key={step} className={cx("h-1 rounded-sm", strength && strength.score >= step ? (strength.acceptable ? "bg-running" : "bg-waiting") : "bg-line")} />
        ))}
      </div>
      <p aria-live="polite" className="min-h-5 text-12 text-muted">
        {strength && (strength.message ? m.strength.sentence(strength.message) : m.strength.words[strength.score])}
      </p>
    </div>
  );
}
