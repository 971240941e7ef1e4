// Who a role binding is for and what it gives, in words.
import type { Role, RoleBinding } from "../api/types";
import { ui } from "../messages/en/ui";

/** Who a binding is for: the name of a person, a group or a service account. */
export function whoOf(spec: RoleBinding["spec"]): string {
  return spec.user ?? spec.group ?? spec.service_account ?? "";
}

/** What somebody gets by a binding, as people read it. */
export function roleText(spec: { role?: Role; custom_role?: string }): string {
  return spec.role ? (ui.roles[spec.role] ?? spec.role) : (spec.custom_role ?? "");
}
