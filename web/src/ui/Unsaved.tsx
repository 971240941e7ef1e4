// Asks before typed input is left behind: on a way through the console by a dialog, on a way out of it by the browser's own question.
import { useBlocker } from "@tanstack/react-router";
import { ui as m } from "../messages/en/ui";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

/** What stands behind the question mark, such as a tab, leaves the form where it is. */
const leaves = ({ current, next }: { current: { pathname: string }; next: { pathname: string } }) => current.pathname !== next.pathname;

/** Beside a form. `when` is false while it is sent: going on to what was made is no loss. */
export function Unsaved({ when }: { when: boolean }) {
  const leaving = useBlocker({ shouldBlockFn: leaves, enableBeforeUnload: true, disabled: !when, withResolver: true });
  return (
    <Dialog
      open={leaving.status === "blocked"}
      onClose={() => leaving.reset?.()}
      title={m.unsaved.title}
      description={m.unsaved.text}
      onSubmit={() => leaving.proceed?.()}
      footer={
        <>
          <Button onClick={() => leaving.reset?.()}>{m.unsaved.stay}</Button>
          <Button type="submit" variant="danger">
            {m.unsaved.leave}
          </Button>
        </>
      }
    />
  );
}
