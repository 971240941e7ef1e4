// An OpenTofu module as a template: chosen, told what becomes of it, looked over in the editor, and only then made.
import { useMutation } from "@tanstack/react-query";
import { FileArchive, FolderOpen } from "lucide-react";
import { useState } from "react";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { imports } from "../../../messages/en/import";
import { Button } from "../../../ui/Button";
import { ErrorPanel, Notice, PageBody, PageHeader, Section } from "../../../ui/Page";
import { YamlForm } from "../templates/YamlForm";
import { writeTemplate } from "../templates/document";
import { useCreateTemplate } from "../templates/create";
import { FileChoice } from "./FileChoice";
import { Report } from "./Report";
import { importArchive, importFolder } from "./server";

const m = imports.module;

export function ImportModule() {
  useTitle(m.title);
  const scope = useProjectScope();
  const send = useCreateTemplate(scope);
  const [from, setFrom] = useState("");
  const read = useMutation({ mutationFn: ({ files, folder }: { files: File[]; folder: boolean }) => (folder || !files[0] ? importFolder(scope.org, files) : importArchive(scope.org, files[0])) });
  const choose = (folder: boolean) => (files: File[]) => {
    setFrom(folder ? (files[0]?.webkitRelativePath.split("/")[0] ?? "") : (files[0]?.name ?? ""));
    read.mutate({ files, folder });
  };
  return (
    <PageBody full>
      <PageHeader title={m.title} description={m.text} {...(read.data ? { actions: <Button onClick={() => read.reset()}>{imports.again}</Button> } : {})} />
      {!read.data && (
        <div className="grid gap-4 sm:grid-cols-2">
          <FileChoice label={m.archive} help={m.archiveHelp} icon={<FileArchive size={16} aria-hidden />} accept=".zip,.tar.gz,.tgz,application/zip,application/gzip" disabled={read.isPending} onFiles={choose(false)} />
          <FileChoice label={m.folder} help={m.folderHelp} icon={<FolderOpen size={16} aria-hidden />} folder disabled={read.isPending} onFiles={choose(true)} />
        </div>
      )}
      <p role="status" className="text-muted empty:hidden">
        {read.isPending ? m.reading : from && read.data ? m.chosen(from) : ""}
      </p>
      {read.error && <ErrorPanel error={read.error} />}
      {read.data && <Report items={read.data.report} />}
      {read.data && !read.data.template && <Notice tone="failed">{m.nothing}</Notice>}
      {read.data?.template && (
        <Section title={m.draft}>
          <YamlForm start={writeTemplate(read.data.template)} send={send} verb={m.create} isNew />
        </Section>
      )}
    </PageBody>
  );
}
