// Gives an instance to somebody else.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useAction } from "../../../api/hooks";
import type { Instance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ErrorPanel } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { PersonField } from "../PersonField";
import { instanceKind, instanceTitle } from "../instances/columns";
import { broughtWith } from "../launch/start";

const m = hub.instance.transfer;

export function Transfer({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const [owner, setOwner] = useState<string | null>(null);
  const act = useAction(instanceKind(instance));
  const problem = act.error instanceof ApiError ? act.error.field("owner") : undefined;
  const brought = broughtWith(instance);
  const submit = () => {
    if (!owner) return;
    act.mutate(
      { object: instance as never, action: "transfer", body: { owner } },
      {
        onSuccess: () => {
          toast(m.done(instanceTitle(instance), owner));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title(instanceTitle(instance))}
      description={m.text}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!owner} busy={act.isPending}>
            {m.verb}
          </Button>
        </>
      }
    >
      {act.error && !problem && <ErrorPanel error={act.error} />}
      {brought && <p>{m.withCompute(brought)}</p>}
      <PersonField
        label={m.to}
        help={m.help}
        value={owner}
        onChange={(name) => {
          act.reset();
          setOwner(name);
        }}
        error={problem}
      />
    </Dialog>
  );
}
