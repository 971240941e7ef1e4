// What the designer asks of the server: whether a draft would be accepted, what it would look like, its versions.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, request } from "../../../api/client";
import { ApiError } from "../../../api/error";
import { collectionPath, itemPath } from "../../../api/kinds";
import type { FieldError, FormAnswer, Revision, Values } from "../../../api/types";
import type { FleetPlan } from "../../../api/types-versions";
import { useDebounced } from "../../../lib/hooks";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";
import { type Draft, type ProfileSpec, cleanSpec } from "./draft";

type ProjectScope = { org: string; project: string };
const PAUSE_MS = 400;

export interface PreviewValues {
  inputs: Values;
  compute_inputs: Values;
}

/** Through whose eyes and in which project a draft is looked at. */
export interface Look {
  /** Whose form it is; empty for one's own. */
  viewer: string;
  /** Where it would be launched; the profile's own project where empty. */
  project: string;
}

export const OWN_LOOK: Look = { viewer: "", project: "" };

/** Where a draft would be launched, and its own project where that is another. */
export function launchedIn(scope: ProjectScope, project: string): { scope: ProjectScope; home: string | undefined } {
  return project === "" || project === scope.project ? { scope, home: undefined } : { scope: { org: scope.org, project }, home: scope.project };
}

/** The card and form that the draft would make; asked again whenever it settles. */
export function usePreview(kind: ProfileKind, scope: ProjectScope, spec: ProfileSpec, values: PreviewValues, { viewer, project }: Look) {
  const place = launchedIn(scope, project);
  const text = useMemo(() => JSON.stringify({ draft: { spec: cleanSpec(spec) }, values, ...(viewer === "" ? {} : { viewer }) }), [spec, values, viewer]);
  const settled = useDebounced(text, PAUSE_MS);
  // What settled counts, not what is typed now: a draft without a template has no form to ask for.
  const { template } = useMemo(() => (JSON.parse(settled) as { draft: { spec: ProfileSpec } }).draft.spec, [settled]);
  const query = useQuery({
    queryKey: ["draft-form", kind, scope.org, scope.project, project, settled],
    queryFn: ({ signal }) => request<FormAnswer>("POST", `${collectionPath(kind, place.scope)}/form`, { query: { home: place.home }, body: JSON.parse(settled), signal }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
    enabled: template.name !== "" && template.version !== "",
  });
  // A draft that is wrong for a moment does not empty the preview: the last form stays beside what is wrong.
  const [good, setGood] = useState<FormAnswer>();
  if (query.data && query.data !== good) setGood(query.data);
  return { ...query, answer: query.data ?? good, isBehind: text !== settled || query.isPlaceholderData };
}

export function bodyOfDraft(draft: Draft, name: string) {
  return { metadata: { name, display_name: draft.title, description: draft.description }, spec: cleanSpec(draft.spec) };
}

export interface Check {
  /** What is wrong with the draft that was asked about last. */
  problems: FieldError[];
  /** The answer is about the draft as it is now. */
  isCurrent: boolean;
}

/** Whether the server would keep the draft, by a dry run that changes nothing. Gives what is wrong with it. */
export function useCheck(kind: ProfileKind, scope: ProjectScope, name: string, profile: Profile | undefined, draft: Draft, enabled: boolean): Check {
  const text = useMemo(() => JSON.stringify(bodyOfDraft(draft, name)), [draft, name]);
  const settled = useDebounced(text, PAUSE_MS);
  // Without a template there is nothing to judge yet: the bar says that it is not saved.
  const asked = useMemo(() => (JSON.parse(settled) as ReturnType<typeof bodyOfDraft>).spec.template, [settled]);
  const ask = enabled && name !== "" && asked.version !== "";
  const query = useQuery({
    queryKey: ["draft-check", kind, scope.org, scope.project, profile?.metadata.resource_version, settled],
    queryFn: async ({ signal }): Promise<FieldError[]> => {
      const method = profile ? "PUT" : "POST";
      const path = profile ? itemPath(kind, scope, name) : collectionPath(kind, scope);
      try {
        await request(method, path, { body: JSON.parse(settled), query: { dry_run: true }, signal });
        return [];
      } catch (error) {
        // Only what is wrong with the draft counts here; saving tells everything else.
        if (error instanceof ApiError && error.fields.length > 0) return error.fields;
        if (error instanceof ApiError && error.status < 500 && error.status !== 0) return [{ path: "", message: error.message }];
        throw error;
      }
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
    enabled: ask,
  });
  const problems = (ask && query.data) || NONE;
  return { problems, isCurrent: ask && text === settled && query.data !== undefined && !query.isFetching && !query.isPlaceholderData };
}

const NONE: FieldError[] = [];

export function useRevisions(kind: ProfileKind, scope: ProjectScope, profile: Profile | undefined) {
  return useQuery({
    queryKey: ["revisions", profile?.metadata.uid, profile?.metadata.generation],
    queryFn: async ({ signal }) => {
      const answer = await api.get<{ items: Revision<ProfileSpec>[] }>(`${itemPath(kind, scope, profile?.metadata.name ?? "")}/revisions`, undefined, signal);
      return [...answer.items].sort((a, b) => b.generation - a.generation);
    },
    enabled: profile !== undefined,
  });
}

/** What the newest draft would do to every instance of the profile. */
export function useFleetPlan(kind: ProfileKind, scope: ProjectScope, profile: Profile, enabled: boolean) {
  return useQuery({
    queryKey: ["fleet-plan", profile.metadata.uid, profile.metadata.generation],
    queryFn: ({ signal }) => request<FleetPlan>("POST", `${itemPath(kind, scope, profile.metadata.name)}/fleet-plan`, { body: {}, signal }),
    // What runs changes by itself: each look is a new one.
    staleTime: 0,
    gcTime: 0,
    retry: false,
    enabled,
  });
}
