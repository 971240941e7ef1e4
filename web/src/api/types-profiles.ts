// The wire's shapes of profiles and the templates they are made from.
import type { NoStatus, Obj } from "./types";
import type { Field, InputRule, Preset } from "./types-inputs";
import type { ProfileVersion } from "./types-versions";

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
  /** The draft that waits for a second person. */
  waiting?: { generation: number; at: string; by: string; note?: string; upgrade_by?: string };
  /** Who is offered it, where a second person had to agree to that. */
  offered?: Sharing;
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
