// What every part of the designer works with.
import { createContext, useContext } from "react";
import type { Field, FieldError, FormAnswer } from "../../../api/types";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";
import type { Draft, ProfileSpec } from "./draft";

export interface DesignerState {
  kind: ProfileKind;
  scope: { org: string; project: string };
  /** The stored profile; none while it is new. */
  profile: Profile | undefined;
  draft: Draft;
  setDraft: (draft: Draft) => void;
  /** Changes some of the spec; the same function on every render. */
  setSpec: (patch: Partial<ProfileSpec> | ((spec: ProfileSpec) => Partial<ProfileSpec>)) => void;
  /** The chosen template version's inputs; undefined while none is chosen or read. */
  fields: Field[] | undefined;
  /** What the preview said last. */
  answer: FormAnswer | undefined;
  currency: string;
  /** Nobody may change it here. */
  readOnly: boolean;
  /** What people launch now, to tell what would vanish for them. */
  publishedSpec: ProfileSpec | undefined;
  /** Goes on from what another operation has stored, such as a rollback. */
  adopt: (stored: Profile) => void;
  errors: FieldError[];
  /** The server's message at a path of the profile or below it. */
  errorAt: (path: string) => string | undefined;
  /** The same, but only for exactly this path and nothing below it. */
  exactAt: (path: string) => string | undefined;
}

export const DesignerContext = createContext<DesignerState | undefined>(undefined);

export function useDesigner(): DesignerState {
  const state = useContext(DesignerContext);
  if (!state) throw new Error("This part stands outside the designer.");
  return state;
}

/** A field's `error` property, absent where there is none. */
export function at(message: string | undefined): { error?: string } {
  return message ? { error: message } : {};
}
