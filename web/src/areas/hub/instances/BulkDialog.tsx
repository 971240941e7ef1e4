// Asks before an action on many instances, and then tells what became of each.
import { CircleCheck, CircleDashed, CircleX, Clock3 } from "lucide-react";
import { useState } from "react";
import type { Instance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import type { InstanceAction } from "./actions";
import { type CanOf, type RowResult, splitAble, useBulk } from "./bulk";
import { instanceId, instanceTitle } from "./columns";

const m = hub.instances.bulk;

export interface BulkDialogProps {
  rows: Instance[];
  action: InstanceAction;
  canOf: CanOf;
  /** `done` tells whether anything was performed. */
  onClose: (done: boolean) => void;
}

export function BulkDialog({ rows, action, canOf, onClose }: BulkDialogProps) {
  // Settled when the dialog opens: rows change their state under the very action that is asked about.
  const [{ able, left }] = useState(() => splitAble(rows, action, canOf));
  const [typed, setTyped] = useState("");
  const { results, running, run } = useBulk();
  const started = results.size > 0;
  const failed = [...results.values()].filter((result) => result.state === "failed").length;
  const guarded = action === "delete" && able.length > 1;
  const finished = started && !running;
  const ended = [...results.values()].filter((result) => result.state === "done" || result.state === "failed").length;
  const projects = new Set(able.map((row) => row.metadata.project));
  const close = () => onClose(started);
  return (
    <Dialog
      open
      onClose={close}
      title={m.title[action](able.length)}
      onSubmit={() => {
        if (finished) close();
        else if (!started && (!guarded || typed === m.word)) void run(able, action);
      }}
      footer={
        finished ? (
          <Button type="submit" variant="primary">
            {m.close}
          </Button>
        ) : (
          <>
            <Button onClick={close}>{started ? m.goOn : ui.cancel}</Button>
            <Button type="submit" variant={action === "delete" ? "danger" : "primary"} busy={running} disabled={guarded && typed !== m.word}>
              {hub.instances[action]}
            </Button>
          </>
        )
      }
    >
      {!started && <p>{m.text[action]}</p>}
      <p role="status" aria-live="polite" className="font-medium empty:hidden">
        {finished ? m.result(able.length - failed, failed) : ""}
      </p>
      {running && (
        <div className="flex items-center gap-2">
          <progress value={ended} max={able.length} aria-label={m.title[action](able.length)} className="progress h-1 flex-1" />
          <span className="text-12 text-muted tabular-nums">{m.progress(ended, able.length)}</span>
        </div>
      )}
      <ul className="divide-y divide-line rounded-md border border-line">
        {able.map((row) => (
          <Row key={instanceId(row)} row={row} withProject={projects.size > 1} result={results.get(instanceId(row))} />
        ))}
      </ul>
      {left.length > 0 && (
        <div className="text-12 text-muted">
          <p>{m.left[action](left.length)}</p>
          <p>{left.map(instanceTitle).join(", ")}</p>
        </div>
      )}
      {guarded && !started && <TextField label={ui.typeToConfirm(m.word)} value={typed} onChange={setTyped} input={{ autoComplete: "off", spellCheck: false, className: "font-mono" }} />}
    </Dialog>
  );
}

const ICONS = {
  waiting: <Clock3 size={14} aria-hidden className="text-muted" />,
  working: <CircleDashed size={14} aria-hidden className="moving text-working" />,
  done: <CircleCheck size={14} aria-hidden className="text-running" />,
  failed: <CircleX size={14} aria-hidden className="text-failed" />,
};

function Row({ row, withProject, result }: { row: Instance; withProject: boolean; result: RowResult | undefined }) {
  return (
    <li className="flex items-baseline gap-2 px-3 py-2">
      {result && <span className="self-center">{ICONS[result.state]}</span>}
      <span className="min-w-0 flex-1">
        {instanceTitle(row)} <span className="text-12 text-muted">{withProject ? `${row.metadata.project} / ${row.metadata.workspace}` : row.metadata.workspace}</span>
        {result?.state === "failed" && <span className="block text-12 text-failed">{result.message}</span>}
      </span>
      <span className="text-12 text-muted">{result ? m.states[result.state] : ui.phases[row.status.phase]}</span>
    </li>
  );
}
