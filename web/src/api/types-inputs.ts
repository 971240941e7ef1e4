// The wire's shapes of the input language: fields, forms, rules, presets.
import type { Json, Values } from "./types";

export type FieldType =
  | "text"
  | "multiline"
  | "integer"
  | "decimal"
  | "boolean"
  | "choice"
  | "multi_choice"
  | "list"
  | "key_value"
  | "secret"
  | "ssh_key"
  | "size"
  | "duration"
  | "image"
  | "json";
export type Override = "allowed" | "locked" | "restricted";
export type OptionSource = "target_gpu_models" | "compute_instances" | "secrets";

export interface Choice {
  value: Json;
  label?: string;
  help?: string;
}

export interface Rule {
  expression: string;
  message: string;
}

export interface Field {
  name: string;
  /** A JSON Schema that a `json` value must satisfy. */
  schema?: unknown;
  type: FieldType;
  label?: string;
  help?: string;
  placeholder?: string;
  section?: string;
  order?: number;
  widget?: string;
  unit?: string;
  required?: boolean;
  default?: Json;
  min?: Json;
  max?: Json;
  step?: Json;
  min_length?: number;
  max_length?: number;
  pattern?: string;
  pattern_message?: string;
  choices?: Choice[];
  unique?: boolean;
  sensitive?: boolean;
  hidden?: boolean;
  mutable?: boolean;
  override?: Override;
  visible_when?: string;
  required_when?: string;
  rules?: Rule[];
  options_from?: OptionSource;
}

export interface FormField extends Field {
  locked: boolean;
  locked_by?: string;
  locked_reason?: string;
}

export interface FormSection {
  title: string;
  fields: string[];
}

export interface Preset {
  name: string;
  label?: string;
  description?: string;
  values: Values;
}

export interface Form {
  fields: FormField[];
  sections: FormSection[];
  presets: Preset[];
}

export interface Redirect {
  /** The value that is no longer allowed. */
  from: Json;
  /** A value that still is. */
  to: Json;
}

export interface InputRule {
  name: string;
  override?: Override;
  value?: Json;
  choices?: Choice[];
  min?: Json;
  max?: Json;
  required?: boolean;
  mutable?: boolean;
  hidden?: boolean;
  label?: string;
  help?: string;
  section?: string;
  order?: number;
  widget?: string;
  reason?: string;
  /** What takes the place of values that are no longer allowed. */
  redirects?: Redirect[];
}
