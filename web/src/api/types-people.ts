// The wire's shapes of what is a person's own: notifications, and what the console remembers for them, what roles let them do.
import type { Kind, Me, Role, Values } from "./types";

export interface BuiltInRole {
  role: Role;
  levels: ("platform" | "org" | "project" | "workspace")[];
  /** `<kind>.<verb>` */
  permissions: string[];
}

export type NotificationKind = "launch_finished" | "launch_failed" | "update_available" | "invited" | "transferred" | "moved" | "move_failed" | "approval_needed" | "approval_given" | "approval_refused" | "sign_in_changed";

export interface Notification {
  /** Later ones are greater as numbers. */
  id: string;
  at: string;
  kind: NotificationKind;
  title: string;
  body?: string;
  link: { org?: string; project?: string; workspace?: string; kind: string; name: string };
  read: boolean;
}

export interface NotificationPage {
  items: Notification[];
  /** How many of all were not seen yet. */
  unread: number;
  next_cursor?: string;
}

/** A profile in a person's preferences: `org/home project/kind/name`. */
export type CardKey = string;

export interface RememberedAnswers {
  at: string;
  inputs: Values;
  compute_inputs: Values;
}

export interface SavedFilter {
  id: string;
  name: string;
  /** What stands behind the question mark of the list's address. */
  search: Record<string, string | boolean>;
}

/** The server keeps this as it is; its keys are the console's. */
/** A view of the audit trail under a name of its own. */
export interface AuditView {
  name: string;
  search: Record<string, string>;
}

export interface Preferences {
  favourites?: CardKey[];
  /** Newest first. */
  recent?: CardKey[];
  filters?: SavedFilter[];
  /** Views of the audit trail. */
  audit_views?: AuditView[];
  answers?: Record<CardKey, RememberedAnswers>;
}

/** One thing that somebody did in a workspace. */
export interface Activity {
  at: string;
  actor: string;
  /** In a word or two: `launched`, `stopped`, `changed the notes`. */
  what: string;
  kind: Kind;
  name: string;
}

export interface ActivityPage {
  items: Activity[];
  next_cursor?: string;
}

export type FactorType = "totp" | "passkey" | "recovery";

export interface Factor {
  id: string;
  type: FactorType;
  name: string;
  created_at: string;
  last_used_at?: string;
}

export interface MySecondFactors {
  items: Factor[];
  recovery_codes_left: number;
  /** Changes are confirmed with it. */
  has_password: boolean;
  passkeys_available: boolean;
}

export interface TotpSetup {
  id: string;
  secret: string;
  uri: string;
  /** Dark modules as the path of a square drawing. */
  qr: { size: number; path: string };
}

export interface PasskeyChallenge {
  ticket: string;
  options: Record<string, unknown>;
}

/** Told once; absent where there were some before. */
export interface RecoveryCodes {
  recovery_codes?: string[];
}

export interface PasswordStrength {
  score: number;
  acceptable: boolean;
  message?: string;
}

/** The password was right; one of these is asked for. */
export interface SecondFactorAsked {
  second_factor: FactorType[];
  ticket: string;
  passkey?: Record<string, unknown>;
}

export type SignInAnswer = Me | SecondFactorAsked;

export function isSignedIn(answer: SignInAnswer): answer is Me {
  return "user" in answer;
}
