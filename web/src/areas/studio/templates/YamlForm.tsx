// Edits a template, as YAML or its inputs as rows: two views of one text. What is wrong shows while one types.
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { TemplateVersion } from "../../../api/types";
import { templates as t } from "../../../messages/en/templates";
import { studio } from "../../../messages/en/studio";
import { Button } from "../../../ui/Button";
import { CodeEditor } from "../../../ui/CodeEditor";
import { ErrorPanel } from "../../../ui/Page";
import { Segmented } from "../../../ui/Tabs";
import { Unsaved } from "../../../ui/Unsaved";
import { assistOf } from "./editor/assist";
import { EditorFoot } from "./editor/EditorFoot";
import { InputsForm } from "./editor/InputsForm";
import { type SendTemplate, useEditedText, useTemplateBook } from "./editor/text";

const m = studio.templates;

export interface YamlFormProps {
  /** What is stored, or what to start from. */
  start: string;
  /** Changes nothing with `dryRun`. */
  send: SendTemplate;
  verb: string;
  /** Which version the rows are of; the newest where absent. */
  version?: string | undefined;
  /** Something new may be saved without a change. */
  isNew?: boolean;
}

export function YamlForm({ start, send, verb, version, isNew = false }: YamlFormProps) {
  const book = useTemplateBook();
  const edited = useEditedText(start, send, book);
  const [view, setView] = useState<"yaml" | "inputs">("yaml");
  const [cursor, setCursor] = useState(0);
  const assist = useMemo(() => book && assistOf(book), [book]);
  const save = useMutation({
    mutationFn: async () => {
      if (edited.parsed.template) await send(edited.parsed.template, false);
    },
  });
  const versions: TemplateVersion[] = edited.parsed.template?.spec.versions ?? [];
  const index = Math.max(0, version === undefined ? versions.length - 1 : versions.findIndex((one) => one?.version === version));
  return (
    <div className="flex flex-col gap-3">
      <Unsaved when={edited.dirty && !save.isPending} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">{view === "yaml" ? m.editing : t.inputsHelp}</p>
        <Segmented label={t.editAs} value={view} onChange={setView} options={[{ value: "yaml", label: m.yaml }, { value: "inputs", label: m.inputs }]} />
      </div>
      {view === "yaml" ? (
        <div className="flex flex-col">
          <CodeEditor label={m.editor} value={edited.text} marks={edited.marks} assist={assist} onChange={edited.setText} onCursor={setCursor} />
          <EditorFoot edited={edited} assist={assist} cursor={cursor} />
        </div>
      ) : (
        <>
          <InputsForm edited={edited} index={index} version={versions[index]} />
          <EditorFoot edited={edited} assist={undefined} cursor={0} />
        </>
      )}
      {edited.error !== undefined && <ErrorPanel error={edited.error} />}
      {save.error && <ErrorPanel error={save.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" disabled={!edited.parsed.template || edited.state === "refused" || (!edited.dirty && !isNew)} busy={save.isPending} onClick={() => save.mutate()}>
          {verb}
        </Button>
        {edited.dirty && (
          <Button variant="quiet" onClick={edited.reset}>
            {m.discard}
          </Button>
        )}
        {edited.dirty && <span className="text-muted">{m.unsaved}</span>}
      </div>
    </div>
  );
}
