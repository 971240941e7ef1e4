// Versions of profiles on the wire: what was published when, who runs which, and what a newer one would do to each instance.
import type { FieldError, Json, Phase } from "./types";

export type VersionState = "published" | "deprecated" | "retired";

export interface ProfileVersion {
  generation: number;
  /** 1 for the first one published, and so on. */
  number: number;
  state: VersionState;
  note: string;
  at: string;
  by: string;
  /** When instances of older versions are moved to what is published then. */
  upgrade_by?: string;
}

export type PlanAction = "none" | "in_place" | "restart" | "replace" | "invalid";

export interface PlannedChange {
  path: string;
  before?: Json;
  after?: Json;
}

/** An instance in a fleet plan; who may not view it gets it `hidden`, without name, workspace, owner and values. */
export interface PlannedInstance {
  kind?: string;
  name?: string;
  workspace?: string;
  project: string;
  owner?: string;
  phase: Phase;
  generation: number;
  number: number;
  action: PlanAction;
  changes: PlannedChange[];
  errors: FieldError[];
  hidden: boolean;
}

export interface FleetPlan {
  instances: PlannedInstance[];
  totals: { by_action: Partial<Record<PlanAction, number>>; by_version: { generation: number; number: number; count: number }[] };
}

/** One thing a provider would be given. */
export interface RenderedDocument {
  title: string;
  language: "yaml" | "text";
  text: string;
}
