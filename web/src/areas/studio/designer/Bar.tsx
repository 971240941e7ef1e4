// Where the draft stands, and what can be done with it.
import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction, useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { ValueChange } from "../../../lib/diff";
import { admin } from "../../../messages/en/admin";
import { designer } from "../../../messages/en/designer";
import { studio } from "../../../messages/en/studio";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { PublishedBadge } from "../../../ui/StateBadge";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../admin/bindings/roles";
import { studioPaths } from "../paths";
import { PublishDialog } from "./PublishDialog";
import { useDesigner } from "./context";

const m = designer.bar;

export interface BarProps {
  dirty: boolean;
  saving: boolean;
  onSave: () => Promise<boolean>;
  onDiscard: () => void;
  changes: ValueChange[] | undefined;
  reach: number | undefined;
}

export function Bar({ dirty, saving, onSave, onDiscard, changes, reach }: BarProps) {
  const { kind, scope, profile, readOnly } = useDesigner();
  const { can } = usePermissions(scope);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = useState<"publish" | "withdraw" | "delete">();
  const act = useAction(kind);
  const remove = useDelete(kind);
  const subject = kind === "ComputeProfile" ? "compute_profile" : "service_profile";
  const published = profile?.status.published;
  const mayPublish = can(`${subject}.publish`);
  const close = () => setOpen(undefined);
  const publish = async () => {
    if (dirty && !(await onSave())) return;
    setOpen("publish");
  };
  const saved = !profile ? m.fresh : dirty ? m.unsaved : m.saved;
  const since = !profile ? undefined : published ? m.changes(changes?.length ?? 0, published.generation) : m.never;
  return (
    <div className="sticky top-12 z-10 -mx-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-y border-line bg-page px-4 py-2 md:-mx-8 md:px-8">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1" role="status">
        {profile && <PublishedBadge published={published} generation={profile.metadata.generation} />}
        <span className={dirty ? "font-medium" : "text-muted"}>{saved}</span>
        {since && <span className="text-muted">· {since}</span>}
      </div>
      {readOnly ? (
        <span className="text-muted">{m.readOnly}</span>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          {profile && dirty && (
            <Button variant="quiet" onClick={onDiscard}>
              {m.discard}
            </Button>
          )}
          <Button variant={profile ? "secondary" : "primary"} busy={saving} disabled={!dirty && profile !== undefined} onClick={() => void onSave()}>
            {profile ? m.save : m.create}
          </Button>
          {profile && mayPublish && (
            <Button variant="primary" disabled={saving || (!dirty && published?.generation === profile.metadata.generation)} onClick={() => void publish()}>
              {m.publish}
            </Button>
          )}
          {profile && (
            <MoreMenu
              label={m.more}
              entries={[
                ...(mayPublish && published ? [{ label: m.withdraw, onSelect: () => setOpen("withdraw") }] : []),
                { label: m.delete, danger: true, disabled: !can(`${subject}.delete`), onSelect: () => setOpen("delete") },
              ]}
            />
          )}
        </div>
      )}
      {profile && open === "publish" && <PublishDialog profile={profile} changes={published ? changes : undefined} reach={reach} onClose={close} />}
      {profile && (
        <>
          <ConfirmDialog
            open={open === "withdraw"}
            onClose={close}
            title={designer.withdraw.title(rowName(profile))}
            verb={designer.withdraw.do}
            onConfirm={async () => {
              await act.mutateAsync({ object: profile as never, action: "withdraw", body: {} });
              await client.invalidateQueries({ queryKey: ["catalogue"] });
              toast(designer.withdraw.done(rowName(profile)));
            }}
          >
            <p>{designer.withdraw.text}</p>
          </ConfirmDialog>
          <ConfirmDialog
            open={open === "delete"}
            onClose={close}
            title={studio.profiles.deleteTitle(rowName(profile))}
            verb={studio.profiles.deleteDo}
            {...(published ? { typeName: profile.metadata.name } : {})}
            onConfirm={async () => {
              await remove.mutateAsync(profile as never);
              toast(admin.common.deleted(rowName(profile)));
              await navigate({ to: studioPaths.profiles(scope), ignoreBlocker: true });
            }}
          >
            <p>{studio.profiles.deleteText}</p>
          </ConfirmDialog>
        </>
      )}
    </div>
  );
}
