// The value of a token, shown once.
import { session } from "../messages/en/session";
import { Button } from "../ui/Button";
import { CodeBlock } from "../ui/CodeBlock";
import { Dialog } from "../ui/Dialog";
import { Notice } from "../ui/Page";

const m = session.account;

export function ShownToken({ open, name, token, onClose }: { open: boolean; name: string; token: string; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={name}
      footer={
        <Button variant="primary" onClick={onClose}>
          {m.done}
        </Button>
      }
    >
      <Notice tone="waiting">{m.tokenOnce}</Notice>
      <CodeBlock code={token} label={m.tokens} />
      <p>{m.tokenUse}</p>
      <CodeBlock code={`echo ${token} | warpyard login ${new URL(".", document.baseURI).href} --token-stdin`} />
    </Dialog>
  );
}
