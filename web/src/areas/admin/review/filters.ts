// What an access review is narrowed by: words, role, level, and what reviewers look for first.
import type { ReviewRow } from "../../../api/access-requests";
import { levelOf, placeText } from "../bindings/roles";

const DAY_MS = 24 * 3600 * 1000;
/** Whoever was not there for so long is asked whether they still need it. */
const UNUSED_DAYS = 90;
const ENDING_DAYS = 14;

export interface ReviewFilter {
  search?: string | undefined;
  role?: string | undefined;
  level?: string | undefined;
  only?: string | undefined;
}

/** The later of the last sign-in and the last use of a token. */
export function lastUsed(row: Pick<ReviewRow, "last_sign_in" | "last_token_use">): string | undefined {
  return [row.last_sign_in, row.last_token_use].filter((at) => at !== undefined).sort().at(-1);
}

export function matches(row: ReviewRow, filter: ReviewFilter, now: Date): boolean {
  const text = [row.user, row.title, row.role, placeText(row.scope), row.group, row.reason, row.binding].join(" ").toLowerCase();
  const words = (filter.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.every((word) => text.includes(word))) return false;
  if (filter.role && row.role !== filter.role) return false;
  if (filter.level && levelOf(row.scope) !== filter.level) return false;
  const used = lastUsed(row);
  switch (filter.only) {
    case "unused":
      return used === undefined || now.getTime() - new Date(used).getTime() > UNUSED_DAYS * DAY_MS;
    case "ending":
      return row.expires_at !== undefined && new Date(row.expires_at).getTime() - now.getTime() < ENDING_DAYS * DAY_MS;
    case "forever":
      return row.expires_at === undefined;
    case "inactive":
      return !row.active;
    default:
      return true;
  }
}
