// The wire's shapes, as the model crate and the HTTP contract define them; by subject in the files beside this one.
import type { Icon } from "./types-icons";
import type { ComputeInstance, ServiceInstance } from "./types-instances";
import type { IdentityProvider } from "./types-providers";
import type { ComputeProfile, EnvironmentTemplate, ServiceProfile, SystemProfile } from "./types-profiles";

export type * from "./types-answers";
export type * from "./types-inputs";
export type * from "./types-instances";
export type * from "./types-profiles";

export type Kind =
  | "Organization"
  | "User"
  | "Target"
  | "SystemProfile"
  | "RoleBinding"
  | "Group"
  | "ServiceAccount"
  | "CustomRole"
  | "IdentityProvider"
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

// Tenancy and people

/** What nobody in an organization does alone. */
export interface TwoPerson {
  publish: boolean;
  template: boolean;
}
export interface OrganizationStatus {
  /** Somebody wants a rule switched off; a second person has to want it too. */
  switching_off?: { two_person: TwoPerson; by: string; at: string };
}
export interface OrganizationLook {
  name?: string;
  logo?: { svg?: string; png?: string };
  accent?: string;
  links?: { title: string; url: string }[];
  message?: string;
}
export interface OrganizationSpec {
  currency: string;
  two_person?: TwoPerson;
  sign_in?: { require_second_factor?: boolean };
  /** While it is there, nothing in the organization can be changed. */
  suspended?: { reason: string };
  look?: OrganizationLook;
}
export type Organization = Obj<OrganizationSpec, OrganizationStatus>;
export type Project = Obj<{ contact?: string }, NoStatus>;
export type Workspace = Obj<{ notes?: string }, NoStatus>;
export type Secret = Obj<{ data: Record<string, string> }, NoStatus>;
export type User = Obj<{ email: string; active: boolean }, { has_password: boolean; has_second_factor: boolean; last_signed_in_at?: string }>;
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
/** Exactly one of user and group, and one of role and custom_role. */
export type RoleBinding = Obj<{ user?: string; group?: string; service_account?: string; role?: Role; custom_role?: string; expires_at?: string; reason?: string }, NoStatus>;
export type CustomRole = Obj<{ permissions: string[]; levels: ("org" | "project" | "workspace")[] }, NoStatus>;
/** A program with roles and tokens of its own. */
export type ServiceAccount = Obj<{ active: boolean }, NoStatus>;
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
  ServiceAccount: ServiceAccount;
  CustomRole: CustomRole;
  IdentityProvider: IdentityProvider;
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
