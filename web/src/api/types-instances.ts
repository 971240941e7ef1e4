// The wire's shapes of instances: what was asked for, what runs, what it measured.
import type { Obj, Values } from "./types";
import type { InstanceUpdate } from "./types-change";
import type { EndpointAccess, ResolvedSize } from "./types-profiles";

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
