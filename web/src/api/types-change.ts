// The wire's shapes of changing an instance: what a change would do, and the newer version it could move to.
import type { Availability, FieldError, Json, Values } from "./types";

export type PlanAction = "none" | "in_place" | "restart" | "replace" | "invalid";

export interface Difference {
  path: string;
  before?: Json;
  after?: Json;
}

export interface ChangePlan {
  action: PlanAction;
  changes: Difference[];
  errors: FieldError[];
  to: { generation: number; number: number };
  /** Services that would restart with it. */
  restarts?: string[];
  /** Whether there is room, where the allocation changes. */
  capacity?: Availability;
}

export interface ChangeRequest {
  /** Other values; the others stay, and null takes one away. */
  inputs?: Values;
  /** The published generation to move to. */
  generation?: number;
}

export interface InstanceUpdate {
  generation: number;
  number: number;
  note: string;
  upgrade_by?: string;
  /** Why it could not be moved when the time had come. */
  problem?: string;
}
