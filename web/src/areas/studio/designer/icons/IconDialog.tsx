// Uploading an icon: chosen, looked at as the server would keep it, then named and kept. Below it those that are there.
import { useQueryClient } from "@tanstack/react-query";
import { ImageUp, Trash2 } from "lucide-react";
import { useState } from "react";
import { ApiError, messageOf } from "../../../../api/error";
import { keys, useDelete } from "../../../../api/hooks";
import { usePermissions } from "../../../../api/session";
import type { Icon, StoredIcon } from "../../../../api/types-icons";
import { admin } from "../../../../messages/en/admin";
import { designer } from "../../../../messages/en/designer";
import { ui } from "../../../../messages/en/ui";
import { Button, IconButton } from "../../../../ui/Button";
import { ConfirmDialog, Dialog } from "../../../../ui/Dialog";
import { TextField } from "../../../../ui/Field";
import { Notice } from "../../../../ui/Page";
import { UploadedPicture } from "../../../../ui/ProfileIcon";
import { toast } from "../../../../ui/Toast";
import { FileChoice } from "../../import/FileChoice";
import { nameAfter, pictureOf, sendPicture } from "./icons";

const m = designer.icons;

interface Chosen {
  file: File;
  /** What the server would keep of it. */
  kept: StoredIcon;
}

export interface IconDialogProps {
  org: string;
  icons: Icon[];
  onClose: () => void;
  onUse: (name: string) => void;
}

export function IconDialog({ org, icons, onClose, onUse }: IconDialogProps) {
  const client = useQueryClient();
  const { can } = usePermissions({ org });
  const [chosen, setChosen] = useState<Chosen>();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };
  const choose = (file: File) =>
    attempt(async () => {
      setChosen(undefined);
      const proposed = nameAfter(file.name);
      const kept = await sendPicture(org, proposed, file, true);
      setChosen({ file, kept });
      setName(proposed);
    });
  const upload = () =>
    attempt(async () => {
      if (!chosen) return;
      await sendPicture(org, name, chosen.file, false);
      await client.invalidateQueries({ queryKey: keys.kind("Icon") });
      onUse(name);
    });
  const replaces = icons.some((icon) => icon.metadata.name === name);
  const nameError = chosen && failure instanceof ApiError ? failure.field("metadata.name") : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title}
      description={m.text}
      {...(chosen ? { onSubmit: () => void upload() } : {})}
      footer={
        <>
          <Button onClick={onClose}>{chosen ? ui.cancel : ui.close}</Button>
          {chosen && (
            <Button type="submit" variant="primary" disabled={busy || name === ""}>
              {m.use}
            </Button>
          )}
        </>
      }
    >
      {can("icon.create") && (
        <FileChoice label={m.choose} help={m.chooseHelp} icon={<ImageUp size={16} aria-hidden />} accept=".svg,.png,image/svg+xml,image/png" disabled={busy} onFiles={([file]) => file && void choose(file)} />
      )}
      <div role="status" className="flex flex-col gap-4 empty:hidden">
        {failure !== undefined && !nameError && <Refused failure={failure} />}
        {chosen && <Kept kept={chosen.kept} />}
      </div>
      {chosen && <TextField label={m.name} help={replaces ? m.replaces : m.nameHelp} required value={name} onChange={setName} {...(nameError ? { error: nameError } : {})} />}
      {!chosen && can("icon.delete") && <Uploaded icons={icons} />}
    </Dialog>
  );
}

function Refused({ failure, title = m.refused }: { failure: unknown; title?: string }) {
  const fields = failure instanceof ApiError ? failure.fields : [];
  return (
    <Notice tone="failed">
      <p className="font-medium">{title}</p>
      {fields.length === 0 ? (
        <p>{messageOf(failure)}</p>
      ) : (
        fields.map((field) => (
          <p key={field.path + field.message} className="break-words">
            {/^[A-Z]/.test(field.path) ? `${field.path} ${field.message}` : field.message}
          </p>
        ))
      )}
    </Notice>
  );
}

function Kept({ kept }: { kept: StoredIcon }) {
  const url = pictureOf(kept.icon.spec);
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">{m.preview}</p>
      <div className="flex items-end gap-4">
        <UploadedPicture url={url} size={64} />
        <UploadedPicture url={url} />
        <UploadedPicture url={url} size={24} />
      </div>
      {kept.left_out.length > 0 && (
        <p className="text-muted">
          {m.leftOut} <code className="break-words">{kept.left_out.join(", ")}</code>
        </p>
      )}
    </div>
  );
}

/** Those that are there; one that is on a card stays, and the server says on which. */
function Uploaded({ icons }: { icons: Icon[] }) {
  const remove = useDelete("Icon");
  const [refused, setRefused] = useState<{ name: string; failure: unknown }>();
  const [deleting, setDeleting] = useState<Icon>();
  const drop = async (icon: Icon) => {
    setRefused(undefined);
    try {
      await remove.mutateAsync(icon);
      toast(admin.common.deleted(icon.metadata.name));
    } catch (failure) {
      setRefused({ name: icon.metadata.name, failure });
    }
  };
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium">{m.there}</h3>
      <div role="alert" className="empty:hidden">
        {refused && <Refused failure={refused.failure} title={m.used(refused.name)} />}
      </div>
      {icons.length === 0 && <p className="text-muted">{m.none}</p>}
      <ul className="flex flex-col">
        {icons.map((icon) => (
          <li key={icon.metadata.uid} className="flex items-center gap-3 border-b border-line py-1.5 last:border-0">
            <UploadedPicture url={pictureOf(icon.spec)} size={24} />
            <code className="min-w-0 flex-1 truncate">{icon.metadata.name}</code>
            <IconButton size="small" label={m.deleteOf(icon.metadata.name)} disabled={remove.isPending} onClick={() => setDeleting(icon)}>
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <ConfirmDialog open={deleting !== undefined} onClose={() => setDeleting(undefined)} title={m.deleteTitle(deleting?.metadata.name ?? "")} verb={m.delete} onConfirm={async () => deleting && drop(deleting)}>
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </section>
  );
}
