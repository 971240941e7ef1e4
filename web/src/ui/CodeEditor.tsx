// A YAML editor that loads when it is opened.
import { Suspense, lazy } from "react";
import type { CodeEditorProps } from "./CodeMirrorEditor";
import { Skeleton } from "./Page";

const CodeMirrorEditor = lazy(() => import("./CodeMirrorEditor"));

export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton lines={12} />}>
      <CodeMirrorEditor {...props} />
    </Suspense>
  );
}
