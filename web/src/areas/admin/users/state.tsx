// Whether a person may sign in, in a word.
import type { User } from "../../../api/types";
import { admin as m } from "../../../messages/en/admin";
import { StateBadge } from "../../../ui/StateBadge";

export function UserState({ user }: { user: User }) {
  if (!user.spec.active) return <StateBadge tone="stopped">{m.users.inactive}</StateBadge>;
  if (!user.status.has_password) return <StateBadge tone="waiting">{m.users.invited}</StateBadge>;
  return <StateBadge tone="running">{m.users.active}</StateBadge>;
}
