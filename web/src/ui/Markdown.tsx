// Markdown, whose renderer loads when there is some to draw.
import { Suspense, lazy } from "react";
import { Skeleton } from "./Page";

const MarkdownText = lazy(() => import("./MarkdownText"));

export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton lines={4} />}>
      <MarkdownText text={text} />
    </Suspense>
  );
}
