// The wire's shapes, as the model crate and the HTTP contract define them.
import type { Field, Form, InputRule, Preset } from "./types-inputs";
import type { InstanceUpdate } from "./types-change";
import type { Badge, Icon } from "./types-icons";
import type { ProfileVersion } from "./types-versions";

export type * from "./types-inputs";

export type Kind =
  | "Organization"
  | "User"
  | "Target"
  | "SystemProfile"
  | "RoleBinding"
  | "Group"
  | "Icon"
  | "EnvironmentTemplate"
  | "Project"
  | "Secret"
  | "ComputeProfile"
  | "ServiceProfile"
  | "Workspace"
  | "ComputeInstance"
  | "ServiceInstance";

export interface Scope {
  org?: string;
  project?: string;
  workspace?: string;
}

export interface NewMetadata {
  name: string;
  display_name?: string;
  description?: string;
  labels?: Record<string, string>;
}

export interface Metadata extends NewMetadata, Scope {
  uid: string;
  generation: number;
  resource_version: number;
  created_at: string;
  updated_at: string;
  created_by: string;
  modified_by: string;
  deletion_requested_at?: string;
}

export interface Obj<S = unknown, T = unknown> {
  apiVersion: string;
  kind: Kind;
  metadata: Metadata;
  spec: S;
  status: T;
}

export type NoStatus = Record<string, never>;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Values = Record<string, Json>;

export interface FieldError {
  path: string;
  message: string;
}

// Profiles and templates

export interface Card {
  icon?: string;
  category?: string;
  tags?: string[];
  documentation?: string;
  /** Where more is to be read; always https. */
  documentation_url?: string;
}
export interface Sharing {
  all_projects: boolean;
  projects?: string[];
  /** Only people in one of these; everybody where absent. */
  groups?: string[];
}
export interface Limits {
  per_person?: number;
}
export interface Price {
  per_hour: string;
}
export interface TemplateRef {
  name: string;
  version: string;
}
export interface SystemParent {
  name: string;
  version: string;
  as_shipped: boolean;
}
export interface ProfileStatus {
  published?: { generation: number; at: string; by: string };
  /** Every version, newest last. */
  versions?: ProfileVersion[];
}
export type Amount = number | string;
export interface Size {
  cpu_millis: Amount;
  memory_bytes: Amount;
  gpu?: { count: Amount; model?: string };
}
export interface ResolvedSize {
  cpu_millis: number;
  memory_bytes: number;
  gpu_count: number;
  gpu_model?: string;
}
export interface ComputeProfileSpec {
  card: Card;
  template: TemplateRef;
  target?: string;
  /** Instead of `target`: every target with all of this. */
  target_selector?: { labels?: Record<string, string>; capabilities?: string[]; gpu_model?: string };
  size: Size;
  allocation: "dedicated" | "shared";
  price?: Price;
  inputs?: InputRule[];
  presets?: Preset[];
  sharing: Sharing;
  limits?: Limits;
  parent?: SystemParent;
}
export type EndpointAccess = "owner" | "workspace" | "project";
export interface ServiceProfileSpec {
  card: Card;
  template: TemplateRef;
  compute: { auto_create?: string; profiles?: string[] };
  price?: Price;
  inputs?: InputRule[];
  presets?: Preset[];
  access?: EndpointAccess;
  sharing: Sharing;
  limits?: Limits;
  parent?: SystemParent;
}
export type ComputeProfile = Obj<ComputeProfileSpec, ProfileStatus>;
export type ServiceProfile = Obj<ServiceProfileSpec, ProfileStatus>;

export interface SystemProfileSpec {
  version: string;
  workload: "compute" | "service";
  changelog?: string;
  requires?: string[];
  compute?: ComputeProfileSpec;
  service?: ServiceProfileSpec;
}
/** Which organizations may use a shipped profile. */
export interface SystemOffer {
  all_orgs: boolean;
  orgs?: string[];
}
export type SystemProfile = Obj<SystemProfileSpec, { offer: SystemOffer }>;

export type TemplateState = "draft" | "active" | "deprecated" | "disabled";
export interface TemplateVersion {
  version: string;
  state: TemplateState;
  changelog?: string;
  inputs?: Field[];
  process: ProcessBody;
  endpoints?: TemplateEndpoint[];
  outputs?: { name: string; label: string; value: string }[];
  readiness?: { endpoint: string; path?: string; timeout_seconds: number };
  activity?: ({ type: "jupyter"; endpoint: string } | { type: "cpu"; above_millis: number })[];
}
export interface ProcessBody {
  requires?: string[];
  prepare?: { name: string; title: string; command: string[]; uses?: string[]; expected_seconds?: number }[];
  files?: { path: string; content: string; executable?: boolean; overwrite?: boolean }[];
  command?: string[];
  environment?: Record<string, string>;
  working_directory?: string;
  network?: "none" | "host";
  restart?: "on_failure" | "never";
  batch?: boolean;
  stop_grace_seconds?: number;
}
export interface TemplateEndpoint {
  name: string;
  title: string;
  port: number;
  path?: string;
  access: EndpointAccess;
  share?: EndpointAccess;
}
export interface EnvironmentTemplateSpec {
  target_type: "process";
  workload: "compute" | "service";
  versions: TemplateVersion[];
}
export type EnvironmentTemplate = Obj<EnvironmentTemplateSpec, NoStatus>;

// Instances

export type Phase =
  | "pending"
  | "queued"
  | "provisioning"
  | "starting"
  | "running"
  | "stopping"
  | "stopped"
  | "succeeded"
  | "failed"
  | "deleting";
export type DesiredState = "running" | "stopped";
export interface ProfileRef {
  name: string;
  project?: string;
  generation?: number;
}
export interface Step {
  id: string;
  title: string;
  state: "running" | "done" | "failed" | "skipped";
  started_at: string;
  ended_at?: string;
  progress?: number;
  message?: string;
}
export interface QueueStatus {
  position: number;
  reason: string;
  since: string;
}
export interface Allocation {
  target: string;
  node: string;
  cpu_millis: number;
  memory_bytes: number;
  gpus: string[];
  gpu_indices: number[];
  simulated: boolean;
}
export interface ComputeInstanceSpec {
  profile: ProfileRef;
  inputs: Values;
  owner?: string;
  desired_state: DesiredState;
}
export interface ComputeInstanceStatus {
  phase: Phase;
  reason?: string;
  message?: string;
  observed_generation: number;
  size: ResolvedSize;
  allocation?: Allocation;
  queue?: QueueStatus;
  timeline: Step[];
  running_since?: string;
  /** A newer version of its profile is published. */
  update?: InstanceUpdate;
  /** Its allocation is being given back for one of another size. */
  replacing?: boolean;
}
export interface EndpointStatus {
  name: string;
  title: string;
  url: string;
  /** Who may open it now. */
  access: EndpointAccess;
  /** Who may open it where its owner says nothing. */
  usual: EndpointAccess;
  /** The widest that its owner may open it to. */
  share: EndpointAccess;
  ready: boolean;
}
export interface ServiceInstanceSpec {
  profile: ProfileRef;
  compute?: string;
  compute_inputs?: Values;
  owns_compute: boolean;
  /** Grows with every retry; only the server changes it. */
  attempt?: number;
  inputs: Values;
  owner?: string;
  desired_state: DesiredState;
  /** Whom its owner lets in, by endpoint. */
  access?: Record<string, EndpointAccess>;
}
export interface ServiceInstanceStatus {
  phase: Phase;
  reason?: string;
  message?: string;
  observed_generation: number;
  timeline: Step[];
  endpoints: EndpointStatus[];
  outputs: { name: string; label: string; value: string }[];
  isolation?: string;
  /** It runs to its end and is not started again. */
  batch?: boolean;
  exit_code?: number;
  restarts: number;
  running_since?: string;
  last_activity_at?: string;
  update?: InstanceUpdate;
  /** The newest change touched no process: the revision that runs, and the generation that left it running. */
  kept_revision?: { generation: number; revision: number };
}
export type ComputeInstance = Obj<ComputeInstanceSpec, ComputeInstanceStatus>;
export type ServiceInstance = Obj<ServiceInstanceSpec, ServiceInstanceStatus>;
export type Instance = ComputeInstance | ServiceInstance;

/** What one look at a running service measured. */
export interface Metrics {
  /** CPU time used since the process began. */
  cpu_used_millis?: number | null;
  memory_bytes?: number | null;
  processes?: number | null;
  last_activity_at?: string | null;
}

// Tenancy and people

export type Organization = Obj<{ currency: string }, NoStatus>;
export type Project = Obj<{ contact?: string }, NoStatus>;
export type Workspace = Obj<{ notes?: string }, NoStatus>;
export type Secret = Obj<{ data: Record<string, string> }, NoStatus>;
export type User = Obj<{ email: string; active: boolean }, { has_password: boolean; last_signed_in_at?: string }>;
export type Role =
  | "platform_admin"
  | "org_admin"
  | "paas_admin"
  | "managed_instances_operator"
  | "template_author"
  | "infrastructure_admin"
  | "project_admin"
  | "developer"
  | "workspace_admin"
  | "workspace_collaborator"
  | "workspace_reader"
  | "finops"
  | "auditor";
export type RoleBinding = Obj<{ user: string; role: Role }, NoStatus>;
export type Group = Obj<{ members: string[] }, NoStatus>;

// Targets

export interface Condition {
  type: string;
  status: boolean | null;
  reason: string;
  message: string;
  since: string;
}
export interface Gpu {
  id: string;
  index: number;
  model: string;
  memory_bytes: number;
  simulated: boolean;
  healthy: boolean;
}
export interface TargetNode {
  name: string;
  cpu_millis: number;
  memory_bytes: number;
  gpus: Gpu[];
}
export interface GpuUse {
  gpu: string;
  instance_uid: string;
  instance: string;
  owner: string;
}
export type Target = Obj<
  { type: "process"; cordoned: boolean; cpu_millis?: number; memory_bytes?: number; simulated_gpus?: string[] },
  {
    conditions: Condition[];
    inventory: { nodes: TargetNode[] };
    usage: { cpu_millis: number; memory_bytes: number; gpus: GpuUse[]; instances: number; queued: number };
    isolation: string;
    commands: string[];
    capabilities?: string[];
    seen_at?: string;
  }
>;

/** The object behind each kind's name. */
export interface KindMap {
  Organization: Organization;
  User: User;
  Target: Target;
  SystemProfile: SystemProfile;
  RoleBinding: RoleBinding;
  Group: Group;
  Icon: Icon;
  EnvironmentTemplate: EnvironmentTemplate;
  Project: Project;
  Secret: Secret;
  ComputeProfile: ComputeProfile;
  ServiceProfile: ServiceProfile;
  Workspace: Workspace;
  ComputeInstance: ComputeInstance;
  ServiceInstance: ServiceInstance;
}

// Answers that are no objects

export type AreaName = "developer_hub" | "studio" | "administration" | "operations";
export interface Me {
  user: { name: string; display_name: string; email: string };
  bindings: ({ role: Role } & Scope)[];
  areas: AreaName[];
  version: string;
  server: { apps_domain: string };
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
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
}
export interface AuditEntry {
  sequence: number;
  org: string;
  at: string;
  actor: string;
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
