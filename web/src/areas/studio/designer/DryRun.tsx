// What the provider would be given for the draft and the answers in the preview. Nothing is made; secret values are covered.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileSearch } from "lucide-react";
import { useState } from "react";
import { request } from "../../../api/client";
import { collectionPath } from "../../../api/kinds";
import type { RenderedDocument } from "../../../api/types-versions";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { CodeBlock } from "../../../ui/CodeBlock";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import type { ProfileKind } from "../paths";
import { type ProfileSpec, cleanSpec } from "./draft";
import type { PreviewValues } from "./server";

const m = designer.dryRun;

export interface DryRunProps {
  kind: ProfileKind;
  /** Where it would be launched. */
  scope: { org: string; project: string };
  /** The profile's own project, where that is another. */
  home?: string | undefined;
  spec: ProfileSpec;
  values: PreviewValues;
}

export function DryRun(props: DryRunProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className="self-start" icon={<FileSearch size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {m.open}
      </Button>
      {open && <Result {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function Result({ onClose, ...asked }: DryRunProps & { onClose: () => void }) {
  return (
    <Dialog open wide onClose={onClose} title={m.title} description={m.text} footer={<Button onClick={onClose}>{ui.close}</Button>}>
      <Rendered {...asked} />
    </Dialog>
  );
}

/** The documents of a dry run. */
export function Rendered({ kind, scope, home, spec, values }: DryRunProps) {
  const body = { draft: { spec: cleanSpec(spec) }, values };
  const query = useQuery({
    queryKey: ["draft-render", kind, scope.org, scope.project, home, JSON.stringify(body)],
    queryFn: ({ signal }) => request<{ documents: RenderedDocument[] }>("POST", `${collectionPath(kind, scope)}/render`, { query: { home }, body, signal }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  return (
    <>
      {query.error && <ErrorPanel error={query.error} title={m.broken} onRetry={() => void query.refetch()} />}
      {query.isLoading && <Skeleton lines={6} />}
      {query.data?.documents.map((document, index) => (
        <section key={index} className="flex flex-col gap-1">
          <h3 className="font-medium">{document.title}</h3>
          <CodeBlock code={document.text} label={document.title} />
        </section>
      ))}
      {query.data?.documents.length === 0 && <p className="text-muted">{m.nothing}</p>}
    </>
  );
}
