// Holds types.ts against what the server's OpenAPI document says: a property that only one of them knows breaks the build.
// types.ts is written by hand because it says more than the document: which defaults are always filled in on reading.
// Regenerate schema.gen.ts with `npm run generate` after openapi.json changed.
import type { components } from "./schema.gen";
import type * as Mine from "./types";
import type * as Icons from "./types-icons";

type Theirs = components["schemas"];

type Same<A, B> = [Exclude<keyof A, keyof B>, Exclude<keyof B, keyof A>] extends [never, never]
  ? true
  : { onlyInTypes: Exclude<keyof A, keyof B>; onlyInSchema: Exclude<keyof B, keyof A> };
type SameWords<A, B> = [Exclude<A, B>, Exclude<B, A>] extends [never, never] ? true : { onlyInTypes: Exclude<A, B>; onlyInSchema: Exclude<B, A> };
type All<T extends Record<string, true>> = T;

export type Checked = All<{
  Metadata: Same<Mine.Metadata, Theirs["Metadata"]>;
  NewMetadata: Same<Mine.NewMetadata, Theirs["NewMetadata"]>;
  FieldError: Same<Mine.FieldError, Theirs["FieldError"]>;
  Field: Same<Mine.Field, Theirs["Field"]>;
  FieldType: SameWords<Mine.FieldType, Theirs["FieldType"]>;
  Choice: Same<Mine.Choice, Theirs["Choice"]>;
  FormField: Same<Mine.FormField, Theirs["FormField"]>;
  FormSection: Same<Mine.FormSection, Theirs["FormSection"]>;
  Form: Same<Mine.Form, Theirs["Form"]>;
  Preset: Same<Mine.Preset, Theirs["Preset"]>;
  InputRule: Same<Mine.InputRule, Theirs["InputRule"]>;
  FormRequest: Same<Mine.FormRequest, Theirs["FormRequest"]>;
  FormAnswer: Same<Mine.FormAnswer, Theirs["FormResponse"]>;
  FormSummary: Same<Mine.FormSummary, Theirs["Summary"]>;
  Availability: Same<Mine.Availability, Theirs["Capacity"]>;
  AvailabilityState: SameWords<Mine.Availability["state"], Theirs["CapacityState"]>;
  CatalogueCard: Same<Mine.CatalogueCard, Theirs["CatalogueCard"]>;
  Badge: Same<Icons.Badge, Theirs["Badge"]>;
  BadgeKind: SameWords<Icons.Badge["kind"], Theirs["BadgeKind"]>;
  Icon: Same<Icons.IconSpec, Theirs["Icon"]>;
  StoredIcon: Same<Icons.StoredIcon, Theirs["StoredIcon"]>;
  Card: Same<Mine.Card, Theirs["Card"]>;
  ComputeProfile: Same<Mine.ComputeProfileSpec, Theirs["ComputeProfile"]>;
  ServiceProfile: Same<Mine.ServiceProfileSpec, Theirs["ServiceProfile"]>;
  SystemProfile: Same<Mine.SystemProfileSpec, Theirs["SystemProfile"]>;
  EnvironmentTemplate: Same<Mine.EnvironmentTemplateSpec, Theirs["EnvironmentTemplate"]>;
  TemplateVersion: Same<Mine.TemplateVersion, Theirs["TemplateVersion"]>;
  ProcessBody: Same<Mine.ProcessBody, Theirs["ProcessBody"]>;
  Size: Same<Mine.Size, Theirs["Size"]>;
  ResolvedSize: Same<Mine.ResolvedSize, Theirs["ResolvedSize"]>;
  Phase: SameWords<Mine.Phase, Theirs["Phase"]>;
  Step: Same<Mine.Step, Theirs["Step"]>;
  QueueStatus: Same<Mine.QueueStatus, Theirs["QueueStatus"]>;
  Allocation: Same<Mine.Allocation, Theirs["Allocation"]>;
  ComputeInstance: Same<Mine.ComputeInstanceSpec, Theirs["ComputeInstance"]>;
  ComputeInstanceStatus: Same<Mine.ComputeInstanceStatus, Theirs["ComputeInstanceStatus"]>;
  ServiceInstance: Same<Mine.ServiceInstanceSpec, Theirs["ServiceInstance"]>;
  ServiceInstanceStatus: Same<Mine.ServiceInstanceStatus, Theirs["ServiceInstanceStatus"]>;
  EndpointStatus: Same<Mine.EndpointStatus, Theirs["EndpointStatus"]>;
  Metrics: Same<Mine.Metrics, Theirs["Metrics"]>;
  InstanceEvent: Same<Mine.InstanceEvent, Theirs["Event"]>;
  Role: SameWords<Mine.Role, Theirs["Role"]>;
  Me: Same<Mine.Me, Theirs["Me"]>;
  SessionInfo: Same<Mine.SessionInfo, Theirs["Session"]>;
  TokenInfo: Same<Mine.TokenInfo, Theirs["Token"]>;
  AuditEntry: Same<Mine.AuditEntry, Theirs["AuditEntry"]>;
}>;
