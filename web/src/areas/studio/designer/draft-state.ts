// The draft and its keeping: saved by itself once it is right and nobody types, kept in this browser until then.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../../api/error";
import { keys, useCreate, useUpdate } from "../../../api/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useStable } from "../../../lib/hooks";
import { useNameFields } from "../../admin/NameFields";
import { type ProfileKind, studioPaths } from "../paths";
import type { Profile } from "../profiles/rows";
import { backupKey, readBackup, writeBackup } from "./backup";
import { type Draft, type Part, changedByHand, draftOf, emptyDraft, sameDraft } from "./draft";
import { bodyOfDraft, useCheck } from "./server";

/** After the check has passed; together with its pause about a second after the last key. */
const SAVE_AFTER_MS = 600;
const BACKUP_AFTER_MS = 250;

/** Where the draft is kept. `waiting`: it will be saved in a moment; `problems`: only in this browser, until they are mended. */
export type Keeping = "new" | "saved" | "waiting" | "saving" | "problems" | "failed";

interface Options {
  kind: ProfileKind;
  scope: { org: string; project: string };
  person: string;
  profile: Profile | undefined;
  part: Part;
  readOnly: boolean;
  onMade: (name: string) => void;
}

export function useDraft({ kind, scope, person, profile, part, readOnly, onMade }: Options) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useCreate(kind, scope);
  const update = useUpdate(kind);
  // Read once, before anything is written over it.
  const [found] = useState(() => (readOnly ? undefined : readBackup(backupKey(person, kind, scope, profile?.metadata.name))));
  const stored = profile ? draftOf(profile) : emptyDraft(kind);
  const usable = found !== undefined && !sameDraft(found.draft, stored);
  const fits = usable && found.generation === (profile?.metadata.generation ?? 0);
  const names = useNameFields(!profile && fits ? found.draft.title : "", !profile && fits ? found.name : "");

  // `base` is what is stored, `saved` the same as it was typed: the server may write sizes and spaces in its own way.
  const [base, setBase] = useState(profile);
  const [saved, setSaved] = useState<Draft>(stored);
  const [edited, setDraft] = useState<Draft>(fits ? found.draft : stored);
  /** What an earlier visit left in this browser: already on the page, or made from an older version and offered. */
  const [left, setLeft] = useState(usable ? { at: found.at, draft: found.draft, loaded: fits } : undefined);
  /** Grows when another draft is loaded: parts that keep text while typing start anew. */
  const [loads, setLoads] = useState(0);

  const draft = useMemo(() => (base || edited.title === names.title ? edited : { ...edited, title: names.title }), [base, edited, names.title]);
  const name = base?.metadata.name ?? names.name;
  const dirty = !sameDraft(draft, saved);
  // Until what was answered is taken over: a render between the two would see its own change as somebody else's.
  const [saving, setSaving] = useState(false);
  const newer = profile !== undefined && base !== undefined && profile.metadata.resource_version > base.metadata.resource_version;
  // Publishing changes the stored profile too, but nothing that is edited here.
  const changed = newer && !saving && !sameDraft(draftOf(profile), draftOf(base));
  const stale = changed && dirty;
  const current = newer && !changed ? profile : base;
  const check = useCheck(kind, scope, name, base, draft, dirty && !readOnly);
  const key = backupKey(person, kind, scope, base?.metadata.name);

  const failure = create.error ?? update.error;
  const failedDraft = useRef<Draft>(undefined);

  const save = useStable(async (): Promise<boolean> => {
    const sent = draft;
    setSaving(true);
    const body = bodyOfDraft({ ...sent, spec: changedByHand(sent.spec) }, name);
    try {
      const kept = base
        ? ((await update.mutateAsync({ object: current as never, metadata: body.metadata, spec: body.spec as never })) as Profile)
        : ((await create.mutateAsync({ metadata: body.metadata, spec: body.spec as never })) as Profile);
      failedDraft.current = undefined;
      writeBackup(key, undefined);
      setLeft(undefined);
      setBase(kept);
      setSaved(sent);
      if (!base) {
        setDraft(sent);
        client.setQueryData(keys.item(kind, scope, name), kept as never);
        onMade(name);
        await navigate({ to: studioPaths.profile(scope, kind, name), search: ((old: object) => old) as never, replace: true, resetScroll: false });
      }
      return true;
    } catch (error) {
      // The mutation keeps the error; it stands on the page.
      failedDraft.current = sent;
      if (error instanceof ApiError && error.status === 412) await client.invalidateQueries({ queryKey: keys.item(kind, scope, name) });
      return false;
    } finally {
      setSaving(false);
    }
  });

  // A new profile gets its name with the first save, so it waits until somebody has left the part where the name is written.
  const named = base !== undefined || (part !== "card" && names.ok);
  const ready = dirty && !readOnly && !saving && !stale && named && check.isCurrent && check.problems.length === 0 && failedDraft.current !== draft;
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(() => void save(), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [ready, draft, save]);

  const keep = useStable(() => {
    if (readOnly) return;
    writeBackup(key, dirty ? { at: new Date().toISOString(), generation: base?.metadata.generation ?? 0, name: base ? "" : names.name, draft } : undefined);
  });
  // An offered backup of an older version stays until somebody decides about it.
  const offered = left !== undefined && !left.loaded;
  useEffect(() => {
    if (offered && !dirty) return undefined;
    const timer = setTimeout(keep, BACKUP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, dirty, offered, keep]);
  // Leaving a moment after typing loses nothing: what is right is saved, everything is in this browser.
  const leave = useStable(() => {
    if (offered && !dirty) return;
    keep();
    if (base && dirty && !readOnly && !stale && !saving && check.problems.length === 0) void save();
  });
  useEffect(() => {
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [leave]);

  const load = (next: Draft) => {
    setDraft(next);
    setLoads((count) => count + 1);
  };
  // Nothing of one's own is at stake: what somebody else saved shows at once.
  if (changed && !dirty) {
    setBase(profile);
    setSaved(draftOf(profile));
    load(draftOf(profile));
  }
  const keeping: Keeping = saving
    ? "saving"
    : stale
      ? "failed"
    : !dirty
      ? base
        ? "saved"
        : "new"
      : failure && failedDraft.current === draft
        ? "failed"
        : check.problems.length > 0
          ? "problems"
          : base || named
            ? "waiting"
            : "new";

  return {
    names,
    name,
    /** What is stored: the newest, unless somebody else changed what is edited here. */
    base: current,
    draft,
    edited,
    setDraft,
    dirty,
    keeping,
    stale,
    saving,
    failure: failure && failedDraft.current === draft ? failure : undefined,
    problems: check.problems,
    loads,
    left,
    save,
    load,
    /** Goes on from what another operation has stored. */
    adopt: (kept: Profile) => {
      update.reset();
      failedDraft.current = undefined;
      setBase(kept);
      setSaved(draftOf(kept));
      load(draftOf(kept));
    },
    /** Takes over what somebody else stored, or goes on with what is here over it. */
    settle: (whose: "theirs" | "mine") => {
      if (!profile) return;
      update.reset();
      failedDraft.current = undefined;
      setBase(profile);
      setSaved(draftOf(profile));
      if (whose === "theirs") load(draftOf(profile));
    },
    /** What an earlier visit left: take it, or throw it away. */
    decide: (take: boolean) => {
      if (left && take) load(left.draft);
      else if (left?.loaded) {
        load(base ? draftOf(base) : emptyDraft(kind));
        if (!base) names.reset();
      }
      setLeft(undefined);
      if (!take) writeBackup(key, undefined);
    },
  };
}

export type DraftState = ReturnType<typeof useDraft>;
