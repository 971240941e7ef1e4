// Notes for the people in a workspace.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import type { Workspace } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { Field, TextArea } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { PlainMarkdown } from "../../../ui/PlainMarkdown";
import { toast } from "../../../ui/Toast";

const m = hub.workspaces;

export function Notes({ workspace, editable }: { workspace: Workspace; editable: boolean }) {
  // Edited against the version that was read when editing began, so that nobody's words are lost.
  const [base, setBase] = useState(workspace);
  const [text, setText] = useState<string>();
  const update = useUpdate("Workspace");
  const changed = text !== undefined && text !== (base.spec.notes ?? "");
  const stored = workspace.spec.notes ?? "";
  if (!editable) return <PlainMarkdown text={stored} />;
  return (
    <form
      className="flex max-w-3xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate(
          { object: base, spec: { ...base.spec, notes: text ?? "" } },
          {
            onSuccess: (object) => {
              setBase(object);
              setText(undefined);
              toast(m.saved);
            },
          },
        );
      }}
    >
      {update.error instanceof ApiError && update.error.status === 412 ? (
        <Notice tone="waiting">{m.conflict}</Notice>
      ) : (
        update.error && <ErrorPanel error={update.error} />
      )}
      <Field label={m.notes} help={m.notesHelp}>
        {(control) => (
          <TextArea
            {...control}
            rows={12}
            maxLength={20_000}
            value={text ?? stored}
            onChange={(event) => {
              if (text === undefined) setBase(workspace);
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" disabled={!changed} busy={update.isPending} className="self-start">
        {m.save}
      </Button>
    </form>
  );
}
