// What a launch page holds, and what is made of it: the request, a command, a document.
import type { FormAnswer, FormField, Json, Scope, Values } from "../../../api/types";
import { givenValues } from "../../../forms/values";
import { toYaml } from "../../../lib/yaml";

export interface LaunchDraft {
  kind: "ComputeProfile" | "ServiceProfile";
  profile: string;
  /** The profile's home project, where it is another than the one launched in. */
  home?: string | undefined;
  name: string;
  displayName: string;
  scope: Scope;
  inputs: Values;
  /** An existing compute instance; none to have one made. */
  compute?: string | undefined;
  computeInputs: Values;
}

export function launchBody(draft: LaunchDraft) {
  const service = draft.kind === "ServiceProfile";
  const computeInputs = givenValues(draft.computeInputs);
  return {
    metadata: { name: draft.name, ...(draft.displayName.trim() ? { display_name: draft.displayName.trim() } : {}) },
    spec: {
      profile: { name: draft.profile, ...(draft.home ? { project: draft.home } : {}) },
      ...(service && draft.compute ? { compute: draft.compute } : {}),
      ...(service && !draft.compute && Object.keys(computeInputs).length > 0 ? { compute_inputs: computeInputs } : {}),
      inputs: givenValues(draft.inputs),
    },
  };
}

/** The answers without sensitive ones. */
function withoutSensitive(values: Values, fields: FormField[] | undefined): Values {
  const sensitive = new Set((fields ?? []).filter((field) => field.sensitive).map((field) => field.name));
  return Object.fromEntries(Object.entries(givenValues(values)).filter(([name]) => !sensitive.has(name)));
}

export function hasSensitive(draft: LaunchDraft, answer: FormAnswer): boolean {
  const count = (values: Values, fields: FormField[] | undefined) =>
    Object.keys(givenValues(values)).length - Object.keys(withoutSensitive(values, fields)).length;
  return count(draft.inputs, answer.form.fields) + count(draft.computeInputs, answer.compute_form?.fields) > 0;
}

function cleaned(draft: LaunchDraft, answer: FormAnswer): LaunchDraft {
  return {
    ...draft,
    inputs: withoutSensitive(draft.inputs, answer.form.fields),
    computeInputs: withoutSensitive(draft.computeInputs, answer.compute_form?.fields),
  };
}

export function launchYaml(draft: LaunchDraft, answer: FormAnswer): string {
  const { metadata, spec } = launchBody(cleaned(draft, answer));
  return toYaml({
    apiVersion: "warpyard.io/v1",
    kind: draft.kind === "ServiceProfile" ? "ServiceInstance" : "ComputeInstance",
    metadata: { ...metadata, ...draft.scope },
    spec,
  });
}

function quote(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/** A value as the command line takes it. */
function argument(value: Json): string {
  if (Array.isArray(value) && value.every((one) => typeof one === "string" && !one.includes(","))) return value.join(",");
  if (value !== null && typeof value === "object") {
    const entries = Array.isArray(value) ? undefined : Object.entries(value);
    if (entries?.every(([, one]) => typeof one === "string" && !one.includes(","))) return entries.map(([key, one]) => `${key}=${String(one)}`).join(",");
    return JSON.stringify(value);
  }
  // A leading @ would name a file.
  return String(value).replace(/^@/, "@@");
}

export function launchCommand(draft: LaunchDraft, answer: FormAnswer): string {
  const clean = cleaned(draft, answer);
  const parts = ["warpyard launch", quote(draft.home ? `${draft.home}/${draft.profile}` : draft.profile)];
  const add = (option: string, value: string | undefined) => {
    if (value) parts.push(`${option} ${quote(value)}`);
  };
  add("--org", draft.scope.org);
  add("--project", draft.scope.project);
  add("--workspace", draft.scope.workspace);
  if (draft.kind === "ComputeProfile") parts.push("--kind compute");
  add("--name", draft.name);
  add("--display-name", draft.displayName.trim());
  add("--compute", draft.compute);
  for (const [name, value] of Object.entries(clean.inputs)) parts.push(`-i ${quote(`${name}=${argument(value)}`)}`);
  if (!draft.compute) for (const [name, value] of Object.entries(clean.computeInputs)) parts.push(`--compute-input ${quote(`${name}=${argument(value)}`)}`);
  return parts.join(" \\\n  ");
}
