// What is typed and not saved yet, kept in this browser: a draft that the server would refuse for now is not lost either.
import type { ProfileKind } from "../paths";
import { readSetting, writeSetting } from "../../../lib/storage";
import type { Draft } from "./draft";

export interface Backup {
  at: string;
  /** The generation that was changed; 0 for a profile that is not stored yet. */
  generation: number;
  /** The name somebody wrote for a new one. */
  name: string;
  draft: Draft;
}

export function backupKey(person: string, kind: ProfileKind, scope: { org: string; project: string }, name: string | undefined): string {
  return `designer/${person}/${scope.org}/${scope.project}/${kind}/${name ?? "+new"}`;
}

export function readBackup(key: string): Backup | undefined {
  const text = readSetting(key);
  if (text === undefined) return undefined;
  try {
    const found = JSON.parse(text) as Backup;
    // Written by another version of the console, perhaps: only what has the right shape is taken.
    return typeof found.draft?.spec?.template?.name === "string" && found.draft.spec.card && found.draft.spec.sharing ? found : undefined;
  } catch {
    return undefined;
  }
}

export function writeBackup(key: string, backup: Backup | undefined): void {
  writeSetting(key, backup && JSON.stringify(backup));
}
