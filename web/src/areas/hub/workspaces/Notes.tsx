// Notes for the people in a workspace: read as Markdown, written as text with a preview beside it.
import { NotebookPen } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import type { Workspace } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Field, TextArea } from "../../../ui/Field";
import { Markdown } from "../../../ui/Markdown";
import { EmptyState, ErrorPanel, Notice, Section } from "../../../ui/Page";
import { Segmented } from "../../../ui/Tabs";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { Unsaved } from "../../../ui/Unsaved";

const m = hub.workspaces;
const LONGEST = 20_000;

export function Notes({ workspace, editable }: { workspace: Workspace; editable: boolean }) {
  const [editing, setEditing] = useState<Workspace>();
  const stored = workspace.spec.notes ?? "";
  if (editing) return <Editor base={editing} newer={workspace} onDone={() => setEditing(undefined)} />;
  const edit = editable && (
    <Button icon={<NotebookPen size={16} aria-hidden />} onClick={() => setEditing(workspace)}>
      {stored === "" ? m.writeNotes : m.editNotes}
    </Button>
  );
  if (stored.trim() === "")
    return (
      <EmptyState icon={<NotebookPen size={28} aria-hidden />} title={m.noNotes} action={edit}>
        {m.notesHelp}
      </EmptyState>
    );
  return (
    <Section title={m.notes} actions={edit}>
      <Markdown text={stored} />
      <p className="text-12 text-muted">
        {m.lastChanged(workspace.metadata.modified_by)} <RelativeTime at={workspace.metadata.updated_at} />
      </p>
    </Section>
  );
}

/** Writes against the version that was read when editing began, so that nobody's words are lost. */
function Editor({ base, newer, onDone }: { base: Workspace; newer: Workspace; onDone: () => void }) {
  const [text, setText] = useState(base.spec.notes ?? "");
  const [view, setView] = useState<"write" | "preview">("write");
  const update = useUpdate("Workspace");
  const save = (over: Workspace) =>
    update.mutate(
      { object: over, spec: { ...over.spec, notes: text } },
      {
        onSuccess: () => {
          toast(m.saved);
          onDone();
        },
      },
    );
  const conflict = update.error instanceof ApiError && update.error.status === 412;
  return (
    <form
      className="flex max-w-3xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save(base);
      }}
    >
      <Unsaved when={text !== (base.spec.notes ?? "") && !update.isPending} />
      {conflict ? (
        <Notice
          tone="waiting"
          action={
            <Button size="small" busy={update.isPending} onClick={() => save(newer)}>
              {m.conflictMine}
            </Button>
          }
        >
          <p>{m.conflict(newer.metadata.modified_by)}</p>
          <details className="mt-1">
            <summary>{m.conflictTheirs}</summary>
            <pre tabIndex={0} className="mt-2 overflow-x-auto text-12 whitespace-pre-wrap">
              {newer.spec.notes}
            </pre>
          </details>
        </Notice>
      ) : (
        update.error && <ErrorPanel error={update.error} />
      )}
      <div>
        <Segmented
          label={m.notes}
          value={view}
          onChange={setView}
          options={[
            { value: "write", label: m.write },
            { value: "preview", label: m.preview },
          ]}
        />
      </div>
      {view === "preview" ? (
        <div className="min-h-64 rounded-md border border-line p-4">{text.trim() === "" ? <p className="text-muted">{m.noNotes}</p> : <Markdown text={text} />}</div>
      ) : (
        <Field label={m.notes} help={m.notesHelp}>
          {(control) => <TextArea {...control} autoFocus rows={16} maxLength={LONGEST} value={text} onChange={(event) => setText(event.target.value)} className="font-mono" />}
        </Field>
      )}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={text === (base.spec.notes ?? "")} busy={update.isPending}>
          {m.save}
        </Button>
        <Button onClick={onDone}>{ui.cancel}</Button>
      </div>
    </form>
  );
}
