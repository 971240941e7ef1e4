// One action on many instances: a few at a time, and what became of each.
import { useRef, useState } from "react";
import { messageOf } from "../../../api/error";
import type { Permissions } from "../../../api/session";
import type { Instance } from "../../../api/types";
import { type InstanceAction, allows, usePerform } from "./actions";
import { instanceId } from "./columns";

export type RowResult = { state: "waiting" | "working" | "done" } | { state: "failed"; message: string };

/** Enough to be quick, few enough to leave the server to others. */
const AT_A_TIME = 4;

/** What the person may do to a row: rights differ from workspace to workspace. */
export type CanOf = (row: Instance) => Permissions["can"];

/** Those of the rows that the action is for; the others are named and left alone. */
export function splitAble(rows: Instance[], action: InstanceAction, canOf: CanOf): { able: Instance[]; left: Instance[] } {
  const able = rows.filter((row) => allows(row, action, canOf(row)));
  return { able, left: rows.filter((row) => !able.includes(row)) };
}

/** Runs `work` over the items, `atATime` of them at once; one that fails stops no other. */
export async function runSome<T>(items: T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, lane));
}

export function useBulk() {
  const perform = usePerform();
  const [results, setResults] = useState<ReadonlyMap<string, RowResult>>(new Map());
  const [running, setRunning] = useState(false);
  const latest = useRef(results);
  const set = (next: ReadonlyMap<string, RowResult>) => {
    latest.current = next;
    setResults(next);
  };
  const tell = (row: Instance, result: RowResult) => set(new Map(latest.current).set(instanceId(row), result));

  const run = async (rows: Instance[], action: InstanceAction): Promise<void> => {
    setRunning(true);
    set(new Map(rows.map((row) => [instanceId(row), { state: "waiting" }])));
    await runSome(rows, AT_A_TIME, async (row) => {
      tell(row, { state: "working" });
      try {
        await perform(row, action);
        tell(row, { state: "done" });
      } catch (error) {
        tell(row, { state: "failed", message: messageOf(error) });
      }
    });
    setRunning(false);
  };
  return { results, running, run };
}
