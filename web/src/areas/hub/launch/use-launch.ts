// What a launch page holds and what its button does.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { keys, useList } from "../../../api/hooks";
import { collectionPath } from "../../../api/kinds";
import { usePostOnce } from "../../../api/once";
import type { FieldError, FormAnswer, Instance, Scope, Values } from "../../../api/types";
import { nameProblem } from "../../../lib/name";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { useCatalogue } from "../catalogue/cards";
import { NEW_WORKSPACE } from "./PlaceFields";
import { type LaunchDraft, launchBody } from "./draft";
import { useFormAnswer } from "./form-answer";
import { type Start, stillAsked } from "./start";

export interface LaunchPlace {
  kind: "ComputeProfile" | "ServiceProfile";
  profile: string;
  /** The profile's home project, where it is another than the one launched in. */
  home: string | undefined;
  scope: { org: string; project: string };
  workspace: string | undefined;
}

const at = (list: FieldError[], path: string) => list.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message;

export function useLaunch(place: LaunchPlace, start: Start, launched: (draft: LaunchDraft, answer: FormAnswer) => void) {
  const { kind, profile, home, scope } = place;
  const navigate = useNavigate();
  const client = useQueryClient();
  const post = usePostOnce();
  const [name, setName] = useState(start.name);
  const [displayName, setDisplayName] = useState(start.displayName ?? "");
  const [chosenWorkspace, setWorkspace] = useState(place.workspace);
  const [newWorkspace, setNewWorkspace] = useState("my-workspace");
  const [inputs, setInputs] = useState<Values>(start.inputs);
  const [computeInputs, setComputeInputs] = useState<Values>(start.computeInputs);
  const [chosenCompute, setCompute] = useState(start.compute);
  const [useExisting, setUseExisting] = useState(start.compute !== undefined);
  // What was filled in is judged at once: nobody will leave a field they never entered.
  const [left, setLeft] = useState<ReadonlySet<string>>(() => new Set([...Object.keys(start.inputs).map((field) => `inputs.${field}`), ...Object.keys(start.computeInputs).map((field) => `compute_inputs.${field}`)]));
  /** How often the button was pressed in vain; every time leads to the list of what is wrong. */
  const [attempts, setAttempts] = useState(0);
  const [tried, setTried] = useState(false);
  /** Something was typed or chosen here that would have to be typed again. */
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const workspaces = useList("Workspace", scope, { limit: 200, sort: "name" });
  const workspace = chosenWorkspace ?? (workspaces.items?.length === 0 ? NEW_WORKSPACE : workspaces.items?.[0]?.metadata.name);
  const makesWorkspace = workspace === NEW_WORKSPACE;
  const workspaceName = makesWorkspace ? newWorkspace : workspace;
  const card = useCatalogue(scope).data?.find((one) => one.kind === kind && one.name === profile && one.project === (home ?? scope.project));
  const bringsOwn = card?.auto_creates_compute ?? true;
  const existing = kind === "ServiceProfile" && (useExisting || !bringsOwn);
  const compute = existing ? chosenCompute : undefined;

  const answer = useFormAnswer(kind, scope, profile, home, {
    ...(workspaceName && !makesWorkspace ? { workspace: workspaceName } : {}),
    inputs,
    ...(compute ? { compute } : {}),
    compute_inputs: compute ? {} : computeInputs,
  });
  const form = answer.data;
  const [pruned, setPruned] = useState(start.source === "nothing");
  if (form && !pruned) {
    // Answers given to another version of the form: what it no longer asks, or has locked, would only be refused.
    setPruned(true);
    setInputs(stillAsked(inputs, form.form.fields));
    if (form.compute_form) setComputeInputs(stillAsked(computeInputs, form.compute_form.fields));
  }
  const draft: LaunchDraft = {
    kind,
    profile,
    home,
    name,
    displayName,
    scope: { ...scope, ...(workspaceName ? { workspace: workspaceName } : {}) },
    inputs,
    compute,
    computeInputs,
  };

  const problems = (checked: FormAnswer | undefined): FieldError[] => {
    const list: FieldError[] = [];
    const problem = nameProblem(name);
    if (problem) list.push({ path: "metadata.name", message: problem });
    const workspaceProblem = makesWorkspace ? nameProblem(newWorkspace) : undefined;
    if (workspaceProblem) list.push({ path: "workspace", message: workspaceProblem });
    list.push(...(checked?.errors ?? []));
    if (existing && !compute && !list.some((error) => error.path === "compute")) list.push({ path: "compute", message: hub.launch.computeMissing });
    return list;
  };
  const errors = problems(form);
  // What the server said about the launch itself, in the form's own paths.
  const refused = failure instanceof ApiError ? failure.fields.map((error) => ({ ...error, path: error.path.replace(/^spec\./, "") })) : [];
  const errorAt = (path: string) => at(refused, path) ?? (tried || left.has(path) ? at(errors, path) : undefined);
  const leave = (path: string) => {
    if (!left.has(path)) setLeft(new Set([...left, path]));
  };
  const changing =
    <A extends unknown[]>(set: (...args: A) => void) =>
    (...args: A) => {
      setFailure(undefined);
      setTouched(true);
      set(...args);
    };

  const makeWorkspace = async (workspaceScope: Scope, wanted: string) => {
    await post(collectionPath("Workspace", workspaceScope), { metadata: { name: wanted }, spec: {} });
    await client.invalidateQueries({ queryKey: keys.kind("Workspace") });
    setWorkspace(wanted);
  };
  const launch = async () => {
    setTried(true);
    setFailure(undefined);
    setBusy(true);
    try {
      // Whoever types and presses Enter at once is asked about what stands there now, not about a moment ago.
      const current = await answer.current();
      if (problems(current).length > 0 || !workspaceName) {
        setAttempts((count) => count + 1);
        return;
      }
      if (makesWorkspace) await makeWorkspace(scope, workspaceName);
      const instanceKind = kind === "ServiceProfile" ? "ServiceInstance" : "ComputeInstance";
      const where = { ...scope, workspace: workspaceName };
      const made = await post<Instance>(collectionPath(instanceKind, where), launchBody(draft));
      client.setQueryData(keys.item(instanceKind, where, made.metadata.name), made);
      void client.invalidateQueries({ queryKey: [...keys.kind(instanceKind), "list"] });
      launched(draft, current);
      await navigate({ to: paths.instance(instanceKind, where, made.metadata.name) });
    } catch (error) {
      setFailure(error);
      setAttempts((count) => count + 1);
    } finally {
      setBusy(false);
    }
  };

  return {
    answer,
    card,
    draft,
    place: { name, setName: changing(setName), displayName, setDisplayName, workspaces: workspaces.items, workspace, setWorkspace: changing(setWorkspace), newWorkspace, setNewWorkspace: changing(setNewWorkspace) },
    compute: { bringsOwn, existing, setExisting: changing(setUseExisting), compute: chosenCompute, setCompute: changing(setCompute) },
    inputs: { given: inputs, set: changing(setInputs) },
    computeInputs: { given: computeInputs, set: changing(setComputeInputs) },
    errors: tried ? errors : [],
    refused,
    failure,
    attempts,
    errorAt,
    leave,
    launch,
    busy,
    unsaved: touched && !busy,
  };
}
