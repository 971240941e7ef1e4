// Another display name. The name itself is part of addresses and stays.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import type { Instance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { instanceKind } from "../instances/columns";

const m = hub.instance;

export function Rename({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const [title, setTitle] = useState(instance.metadata.display_name ?? "");
  const update = useUpdate(instanceKind(instance));
  const problem = update.error instanceof ApiError ? update.error.field("metadata.display_name") : undefined;
  const submit = () =>
    update.mutate({ object: instance as never, metadata: { display_name: title.trim() }, spec: instance.spec as never }, { onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.rename}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={update.isPending}>
            {ui.save}
          </Button>
        </>
      }
    >
      {update.error && !problem && <ErrorPanel error={update.error} />}
      <TextField label={hub.launch.displayName} help={m.renameHelp(instance.metadata.name)} value={title} onChange={setTitle} error={problem} input={{ autoFocus: true, autoComplete: "off" }} />
    </Dialog>
  );
}
