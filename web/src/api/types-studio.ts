// What Studio's own endpoints answer: the overview, and imports.
import type { ComputeProfileSpec, EnvironmentTemplateSpec, NewMetadata, ServiceProfileSpec } from "./types";

export interface ProfileCounts {
  /** Those in `changed` too. */
  published: number;
  draft: number;
  changed: number;
}

export interface ProfileName {
  kind: "ComputeProfile" | "ServiceProfile";
  name: string;
  project: string;
  title: string;
}

export interface StudioOverview {
  system_profiles: number;
  compute_profiles: ProfileCounts;
  service_profiles: ProfileCounts;
  drafts: (ProfileName & { state: "draft" | "changed"; modified_at: string; modified_by: string })[];
  running: (ProfileName & { running: number; queued: number; failed: number })[];
  targets: { name: string; running: number; gpus_used: number; gpus_total: number }[];
  most_launched: (ProfileName & { launches_30d: number })[];
  most_failed: (ProfileName & { failures_30d: number; launches_30d: number; reason: string })[];
  recent_changes: { at: string; by: string; kind: ProfileName["kind"]; name: string; project: string; generation: number; what: "created" | "changed" | "published" | "withdrawn" | "deleted" }[];
}

export interface ReportItem {
  item: string;
  severity: "carried" | "adapted" | "lost";
  message: string;
}

export interface TemplateImport {
  template?: { metadata: NewMetadata; spec: EnvironmentTemplateSpec };
  report: ReportItem[];
}

export interface ProfileImport {
  kind: "ComputeProfile" | "ServiceProfile";
  profile: { metadata: NewMetadata; spec: ComputeProfileSpec | ServiceProfileSpec };
  template?: { metadata: NewMetadata; spec: EnvironmentTemplateSpec };
  report: ReportItem[];
}
