// Recovery codes, shown once.
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { CodeBlock } from "../ui/CodeBlock";
import { Dialog } from "../ui/Dialog";
import { Notice } from "../ui/Page";

const m = session.account.factors;

export function ShownCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.recoveryTitle}
      footer={
        <Button variant="primary" onClick={onClose}>
          {m.done}
        </Button>
      }
    >
      <Notice tone="waiting">{m.recoveryOnce}</Notice>
      <CodeBlock code={codes.join("\n")} label={m.recovery} />
    </Dialog>
  );
}
