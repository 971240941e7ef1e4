// What a launch page begins with: nothing, a link somebody shared, or the answers of another instance.
import type { ComputeInstance, FormAnswer, FormField, Instance, Scope, Values } from "../../../api/types";
import type { RememberedAnswers } from "../../../api/types-people";
import { givenValues, isSealed } from "../../../forms/values";
import { suggestName } from "../../../lib/name";
import type { LaunchDraft } from "./draft";

export interface Start {
  /** Where the answers come from, so that people know that they did not give them here. */
  source: "nothing" | "link" | "instance" | "remembered";
  /** The instance they were copied from. */
  from?: string | undefined;
  inputs: Values;
  computeInputs: Values;
  compute?: string | undefined;
  displayName?: string | undefined;
  name: string;
}

/** Answers as an address holds them. Not `Values`: the router's types cannot follow a type that contains itself. */
type LinkAnswers = Record<string, unknown>;

/** What stands behind the question mark of a launch page. */
export interface LaunchSearch {
  workspace?: string | undefined;
  home?: string | undefined;
  /** Answers to begin with. They fill the form in and do nothing else. */
  inputs?: LinkAnswers | undefined;
  compute_inputs?: LinkAnswers | undefined;
  /** An instance of the workspace to copy the answers of. */
  from?: string | undefined;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

function answers(value: unknown): LinkAnswers | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const given = Object.entries(value).filter(([name, one]) => /^[a-z][a-z0-9_]*$/.test(name) && one !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

export function launchSearch(search: Record<string, unknown>): LaunchSearch {
  return {
    workspace: text(search.workspace),
    home: text(search.home),
    inputs: answers(search.inputs),
    compute_inputs: answers(search.compute_inputs),
    from: text(search.from),
  };
}

const withoutSealed = (values: Values | undefined) => Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => !isSealed(value)));

export function startEmpty(profile: string): Start {
  return { source: "nothing", inputs: {}, computeInputs: {}, name: suggestName(profile) };
}

export function startFromLink(profile: string, search: LaunchSearch): Start {
  return { source: "link", inputs: (search.inputs ?? {}) as Values, computeInputs: (search.compute_inputs ?? {}) as Values, name: suggestName(profile) };
}

export function startRemembered(profile: string, answers: RememberedAnswers): Start {
  return { source: "remembered", inputs: answers.inputs, computeInputs: answers.compute_inputs, name: suggestName(profile) };
}

/** The same answers again. What is sealed cannot be read, so it is asked for anew. */
export function startFromInstance(instance: Instance, broughtCompute: ComputeInstance | undefined, copyTitle: (title: string) => string): Start {
  const { spec, metadata } = instance;
  const service = "owns_compute" in spec ? spec : undefined;
  return {
    source: "instance",
    from: metadata.display_name || metadata.name,
    inputs: withoutSealed(spec.inputs),
    // Compute that came with the original goes with it; a copy gets its own, made with the same answers.
    computeInputs: withoutSealed(broughtCompute?.spec.inputs),
    compute: service && !service.owns_compute ? service.compute : undefined,
    displayName: metadata.display_name ? copyTitle(metadata.display_name) : undefined,
    name: suggestName(metadata.name),
  };
}

/** The answers to what a form asks. */
export function stillAsked(given: Values, fields: FormField[]): Values {
  const asked = new Set(fields.filter((field) => !field.locked).map((field) => field.name));
  return Object.fromEntries(Object.entries(given).filter(([name]) => asked.has(name)));
}

/** The answers that may leave the page: given ones of fields that show, without sensitive ones. */
export function sharedAnswers(given: Values, fields: FormField[] | undefined): Values {
  const open = new Set((fields ?? []).filter((field) => !field.sensitive && !field.locked && !field.hidden).map((field) => field.name));
  return Object.fromEntries(Object.entries(givenValues(given)).filter(([name, value]) => open.has(name) && !isSealed(value)));
}

/** The part of the address that fills the same answers in for somebody else. */
export function linkSearch(draft: LaunchDraft, answer: FormAnswer): LaunchSearch {
  const inputs = sharedAnswers(draft.inputs, answer.form.fields);
  const computeInputs = draft.compute ? {} : sharedAnswers(draft.computeInputs, answer.compute_form?.fields);
  return {
    home: draft.home,
    ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
    ...(Object.keys(computeInputs).length > 0 ? { compute_inputs: computeInputs } : {}),
  };
}

/** The compute instance that was made with a service, by name. */
export function broughtWith(instance: Instance | undefined): string | undefined {
  return instance && "owns_compute" in instance.spec && instance.spec.owns_compute ? instance.spec.compute : undefined;
}

/** Where an instance's launch page with its answers is. */
export function duplicateSearch(instance: Instance, scope: Scope): LaunchSearch {
  const { profile } = instance.spec;
  return {
    workspace: instance.metadata.workspace,
    home: profile.project && profile.project !== scope.project ? profile.project : undefined,
    from: instance.metadata.name,
  };
}
