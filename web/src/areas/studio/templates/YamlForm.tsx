// Edits a template as YAML. The server says whether it would accept it, and its errors stand at their lines.
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ApiError } from "../../../api/error";
import { studio } from "../../../messages/en/studio";
import { Button } from "../../../ui/Button";
import { CodeEditor } from "../../../ui/CodeEditor";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { type TemplateText, marksOf, readTemplate } from "./document";

const m = studio.templates;

export interface YamlFormProps {
  /** What is stored, or what to start from. */
  start: string;
  /** Changes nothing with `dryRun`. */
  send: (template: TemplateText, dryRun: boolean) => Promise<unknown>;
  verb: string;
  /** Something new may be saved without a change. */
  isNew?: boolean;
}

export function YamlForm({ start, send, verb, isNew = false }: YamlFormProps) {
  const [text, setText] = useState(start);
  const dirty = text !== start;
  const parsed = useMemo(() => readTemplate(text), [text]);
  const run = useMutation({
    mutationFn: async (dryRun: boolean) => {
      if (parsed.template) await send(parsed.template, dryRun);
      return { dryRun, text };
    },
  });
  const fields = run.error instanceof ApiError ? run.error.fields : undefined;
  const marks = useMemo(() => (parsed.problem ? [parsed.problem] : fields ? marksOf(text, fields) : []), [parsed, fields, text]);
  const checked = run.data?.dryRun && run.data.text === text;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">{m.editing}</p>
      <CodeEditor
        label={m.editor}
        value={text}
        marks={marks}
        onChange={(next) => {
          setText(next);
          if (run.error) run.reset();
        }}
      />
      {parsed.problem && <Notice tone="failed">{m.parseError(parsed.problem.line, parsed.problem.message)}</Notice>}
      {run.error && <ErrorPanel error={run.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" disabled={!parsed.template || (!dirty && !isNew)} busy={run.isPending && run.variables === false} onClick={() => run.mutate(false)}>
          {verb}
        </Button>
        <Button disabled={!parsed.template} busy={run.isPending && run.variables === true} onClick={() => run.mutate(true)}>
          {m.check}
        </Button>
        {dirty && (
          <Button variant="quiet" onClick={() => setText(start)}>
            {m.discard}
          </Button>
        )}
        <span role="status" className="text-muted">
          {checked ? m.checked : dirty ? m.unsaved : ""}
        </span>
      </div>
    </div>
  );
}
