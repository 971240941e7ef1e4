// What stands in place of a page that threw: a refused request in its own words, anything else as a defect.
import type { ErrorComponentProps } from "@tanstack/react-router";
import { messageOf } from "../api/error";
import { frame as m } from "../messages/en/frame";
import { Button } from "../ui/Button";
import { ErrorPanel, Notice, PageBody } from "../ui/Page";

export function Crashed({ error, reset }: ErrorComponentProps) {
  // After an update of the server the old page's chunks are gone.
  const outdated = /dynamically imported module|Importing a module script/i.test(messageOf(error));
  return (
    <PageBody>
      {outdated ? (
        <Notice action={<Button onClick={() => window.location.reload()}>{m.updated.action}</Button>}>{m.updated.text}</Notice>
      ) : (
        <ErrorPanel title={m.crashed.title} error={error} onRetry={reset} />
      )}
    </PageBody>
  );
}
