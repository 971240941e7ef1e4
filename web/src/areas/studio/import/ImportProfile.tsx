// A Rafay profile as a draft here: read, told what becomes of it, named, and only then made.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileCode2 } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { request } from "../../../api/client";
import { keys } from "../../../api/hooks";
import { collectionPath } from "../../../api/kinds";
import { usePermissions } from "../../../api/session";
import type { ProfileImport } from "../../../api/types-studio";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { toYaml } from "../../../lib/yaml";
import { imports } from "../../../messages/en/import";
import { Button } from "../../../ui/Button";
import { CodeBlock } from "../../../ui/CodeBlock";
import { Field, TextArea, TextField } from "../../../ui/Field";
import { ErrorPanel, Notice, PageBody, PageHeader, Section } from "../../../ui/Page";
import { studioPaths } from "../paths";
import { FileChoice } from "./FileChoice";
import { Report } from "./Report";
import { importProfile } from "./server";

const m = imports.profile;
type Scope = { org: string; project: string };

export function ImportProfile() {
  useTitle(m.title);
  const scope = useProjectScope();
  const [text, setText] = useState("");
  const read = useMutation({ mutationFn: (document: string) => importProfile(scope, document) });
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} {...(read.data ? { actions: <Button onClick={() => read.reset()}>{imports.again}</Button> } : {})} />
      {!read.data && (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            read.mutate(text);
          }}
        >
          <FileChoice
            label={m.file}
            help={m.fileHelp}
            icon={<FileCode2 size={16} aria-hidden />}
            accept=".yaml,.yml,.json"
            disabled={read.isPending}
            onFiles={(files) => {
              void files[0]?.text().then((document) => {
                setText(document);
                read.mutate(document);
              });
            }}
          />
          <Field label={m.paste}>{(control) => <TextArea {...control} rows={12} className="font-mono" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />}</Field>
          <Button type="submit" variant="primary" className="self-start" disabled={text.trim() === ""} busy={read.isPending}>
            {m.read}
          </Button>
        </form>
      )}
      {read.error && <ErrorPanel error={read.error} />}
      {read.data && <Report items={read.data.report} />}
      {read.data && <MakeDraft imported={read.data} scope={scope} />}
    </PageBody>
  );
}

function MakeDraft({ imported, scope }: { imported: ProfileImport; scope: Scope }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { can, isLoading } = usePermissions({ org: scope.org });
  const [name, setName] = useState(imported.profile.metadata.name);
  const [templateName, setTemplateName] = useState(imported.template?.metadata.name ?? "");
  // When the profile is refused, the template is there already and is not made a second time.
  const [made, setMade] = useState<string>();
  const brings = imported.template !== undefined;
  const allowed = !brings || can("environment_template.create");
  const make = useMutation({
    mutationFn: async () => {
      let template = imported.profile.spec.template;
      if (imported.template) {
        if (made === undefined) {
          await request("POST", collectionPath("EnvironmentTemplate", { org: scope.org }), { body: { ...imported.template, metadata: { ...imported.template.metadata, name: templateName } } });
          setMade(templateName);
          await client.invalidateQueries({ queryKey: keys.kind("EnvironmentTemplate") });
        }
        template = { ...template, name: made ?? templateName };
      }
      await request("POST", collectionPath(imported.kind, scope), { body: { metadata: { ...imported.profile.metadata, name }, spec: { ...imported.profile.spec, template } } });
      await client.invalidateQueries({ queryKey: keys.kind(imported.kind) });
      await navigate({ to: studioPaths.profile(scope, imported.kind, name) });
    },
  });
  const nameError = make.error instanceof ApiError ? make.error.field("metadata.name") : undefined;
  return (
    <>
      {!isLoading && !allowed && <Notice tone="waiting">{m.needsTemplate}</Notice>}
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={m.name} required value={name} onChange={setName} {...(nameError && made !== undefined ? { error: nameError } : {})} input={{ className: "font-mono", spellCheck: false }} />
          {brings && <TextField label={m.templateName} required value={templateName} onChange={setTemplateName} {...(nameError && made === undefined ? { error: nameError } : {})} input={{ className: "font-mono", spellCheck: false, readOnly: made !== undefined }} />}
        </div>
        {make.error && <ErrorPanel error={make.error} />}
        {made !== undefined && make.error && <Notice>{m.templateMade(made)}</Notice>}
        <Button type="submit" variant="primary" className="self-start" disabled={!allowed || name === "" || (brings && templateName === "")} busy={make.isPending}>
          {brings && made === undefined ? m.createBoth : m.create}
        </Button>
      </form>
      <Section title={m.profilePart}>
        <CodeBlock code={toYaml({ kind: imported.kind, spec: imported.profile.spec })} label={m.profilePart} />
      </Section>
      {imported.template && (
        <Section title={m.templatePart}>
          <CodeBlock code={toYaml(imported.template.spec)} label={m.templatePart} />
        </Section>
      )}
    </>
  );
}
