// The wire's answers that are no objects: catalogue, forms, sessions, audit.
import type { FieldError, Json, Kind, Role, Scope, Values } from "./types";
import type { Badge } from "./types-icons";
import type { Form } from "./types-inputs";
import type { Phase } from "./types-instances";
import type { Card, EndpointAccess, ResolvedSize } from "./types-profiles";

export type AreaName = "developer_hub" | "studio" | "administration" | "operations";
export interface Me {
  user: { name: string; display_name: string; email: string };
  bindings: ({ role?: Role; custom_role?: string; group?: string; expires_at?: string } & Scope)[];
  areas: AreaName[];
  version: string;
  server: { apps_domain: string };
  /** Organizations that give nothing before a second factor is shown. */
  second_factor_required?: string[];
  /** What the token that asks is limited to. */
  limited_to?: { scopes: string[]; places: string[] };
}
export interface Page<T> {
  items: T[];
  next_cursor?: string;
  total: number;
}
export interface Availability {
  state: "available" | "queue" | "never" | "no_target";
  free?: number;
  ahead?: number;
  target?: string;
  message: string;
}
export interface CatalogueCard {
  kind: "ComputeProfile" | "ServiceProfile";
  name: string;
  project: string;
  generation: number;
  title: string;
  description: string;
  card: Card;
  size?: ResolvedSize;
  price_per_hour?: string;
  currency: string;
  isolation: string;
  /** What to say of it in few words. */
  badges: Badge[];
  auto_creates_compute: boolean;
  needs_compute: boolean;
  offered_by: string;
  availability: Availability;
}
export interface FormRequest {
  workspace?: string;
  inputs: Values;
  compute?: string;
  compute_inputs: Values;
  /** Whose form it is; the caller's where absent. */
  viewer?: string;
}
export interface FormSummary {
  /** The same as on its card. */
  badges: Badge[];
  limit?: { used: number; most: number };
  /** Every target it may run on. */
  targets: string[];
  size?: ResolvedSize;
  price_per_hour?: string;
  price_per_month?: string;
  currency: string;
  target?: string;
  isolation: string;
  access: { endpoint: string; title: string; access: EndpointAccess }[];
  capacity: Availability;
}
export interface FormAnswer {
  offered: { to_viewer: boolean; reason: string };
  profile: {
    kind: "ComputeProfile" | "ServiceProfile";
    name: string;
    project: string;
    generation: number;
    title: string;
    description: string;
    card: Card;
  };
  form: Form;
  compute_form?: Form;
  values: Values;
  compute_values: Values;
  visible: string[];
  required: string[];
  errors: FieldError[];
  compute_options: { name: string; title: string; phase: Phase; size: ResolvedSize }[];
  summary: FormSummary;
}
export interface InstanceEvent {
  at: string;
  severity: "normal" | "warning";
  reason: string;
  message: string;
}
export interface Revision<S = unknown> {
  generation: number;
  at: string;
  by: string;
  spec: S;
}
export interface SessionInfo {
  id: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  address: string;
  agent: string;
  current: boolean;
}
export interface TokenInfo {
  id: string;
  name: string;
  /** Permissions it is limited to; empty: all of its owner's. */
  scopes: string[];
  /** Places it is limited to, such as `/acme/vision`; empty: everywhere. */
  places: string[];
  /** It was made from a session in which a second factor was shown. */
  strong: boolean;
  rotated_at?: string;
  old_value_until?: string;
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
}
export interface AuditEntry {
  sequence: number;
  org: string;
  at: string;
  actor: string;
  on_behalf_of?: string;
  action: string;
  outcome: "allowed" | "denied";
  kind?: string;
  object?: string;
  before?: Json;
  after?: Json;
  request_id?: string;
  address?: string;
  hash: string;
}
export interface ApplyItem {
  kind: Kind;
  scope?: Scope;
  name: string;
  project?: string;
  action: "created" | "updated" | "unchanged";
  diff?: string;
}
