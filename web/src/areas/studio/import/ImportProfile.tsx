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
import type { TemplateRef } from "../../../api/types";
import type { ProfileImport } from "../../../api/types-studio";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { toYaml } from "../../../lib/yaml";
import { imports } from "../../../messages/en/import";
import { Button } from "../../../ui/Button";
import { CodeBlock } from "../../../ui/CodeBlock";
import { Field, TextArea, TextField } from "../../../ui/Field";
import { ErrorPanel, Notice, PageBody, PageHeader, Section } from "../../../ui/Page";
import { Unsaved } from "../../../ui/Unsaved";
import { studioPaths } from "../paths";
import { YamlForm } from "../templates/YamlForm";
import { type TemplateText, writeTemplate } from "../templates/document";
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
      <Unsaved when={text.trim() !== "" && !read.data} />
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

/** First the template, where one comes along: what Rafay deploys is not in the document, so it needs a body from somebody. Then the profile. */
function MakeDraft({ imported, scope }: { imported: ProfileImport; scope: Scope }) {
  const client = useQueryClient();
  const { can, isLoading } = usePermissions({ org: scope.org });
  const [made, setMade] = useState<{ name: string; version: string }>();
  if (!imported.template) return <MakeProfile imported={imported} scope={scope} template={imported.profile.spec.template} />;
  if (made) return <MakeProfile imported={imported} scope={scope} template={made} note={m.templateMade(made.name)} />;
  if (isLoading) return null;
  if (!can("environment_template.create"))
    return (
      <>
        <Notice tone="waiting">{m.needsTemplate}</Notice>
        <Section title={m.templatePart}>
          <CodeBlock code={writeTemplate(imported.template)} label={m.templatePart} />
        </Section>
      </>
    );
  const send = async (template: TemplateText, dryRun: boolean) => {
    await request("POST", collectionPath("EnvironmentTemplate", { org: scope.org }), { body: template, ...(dryRun ? { query: { dry_run: true } } : {}) });
    if (dryRun) return;
    await client.invalidateQueries({ queryKey: keys.kind("EnvironmentTemplate") });
    setMade({ name: template.metadata.name, version: template.spec.versions.at(-1)?.version ?? "" });
  };
  return (
    <Section title={m.templateFirst} description={m.templateFirstText}>
      <YamlForm start={writeTemplate(imported.template)} send={send} verb={m.createTemplate} isNew />
    </Section>
  );
}

function MakeProfile({ imported, scope, template, note }: { imported: ProfileImport; scope: Scope; template: TemplateRef; note?: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(imported.profile.metadata.name);
  const make = useMutation({
    mutationFn: async () => {
      await request("POST", collectionPath(imported.kind, scope), { body: { metadata: { ...imported.profile.metadata, name }, spec: { ...imported.profile.spec, template } } });
      await client.invalidateQueries({ queryKey: keys.kind(imported.kind) });
      await navigate({ to: studioPaths.profile(scope, imported.kind, name) });
    },
  });
  const nameError = make.error instanceof ApiError ? make.error.field("metadata.name") : undefined;
  return (
    <>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        {note && <Notice>{note}</Notice>}
        <TextField label={m.name} required className="max-w-md" value={name} onChange={setName} {...(nameError ? { error: nameError } : {})} input={{ className: "font-mono", spellCheck: false }} />
        {make.error && <ErrorPanel error={make.error} />}
        <Button type="submit" variant="primary" className="self-start" disabled={name === ""} busy={make.isPending}>
          {m.create}
        </Button>
      </form>
      <Section title={m.profilePart}>
        <CodeBlock code={toYaml({ kind: imported.kind, spec: { ...imported.profile.spec, template } })} label={m.profilePart} />
      </Section>
    </>
  );
}
