// Where the draft stands, and what can be done with it.
import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Pencil, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useAction, useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import { useStable } from "../../../lib/hooks";
import type { ValueChange } from "../../../lib/diff";
import { admin } from "../../../messages/en/admin";
import { designer } from "../../../messages/en/designer";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { PublishedBadge, StateBadge } from "../../../ui/StateBadge";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { PublishDialog } from "./PublishDialog";
import { cx } from "../../../ui/cx";
import { useDesigner } from "./context";
import type { ProfileSpec } from "./draft";
import { waits } from "../profiles/rows";
import { numberOf } from "./versions";
import type { DraftState, Keeping } from "./draft-state";

const m = designer.bar;

export interface BarProps {
  state: DraftState;
  problems: number;
  /** Since the published version; undefined where there is none. */
  changes: ValueChange[] | undefined;
  publishedSpec: ProfileSpec | undefined;
  /** What the person may do here is known. */
  known: boolean;
}

const TONES: Record<Keeping, string> = {
  new: "text-muted",
  saved: "text-muted",
  waiting: "text-muted",
  saving: "text-muted",
  problems: "font-medium text-waiting",
  failed: "font-medium text-failed",
};

export function Bar({ state, problems, changes, publishedSpec, known }: BarProps) {
  const { kind, scope, profile, readOnly } = useDesigner();
  const { can } = usePermissions(scope);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = useState<"publish" | "withdraw" | "delete">();
  const act = useAction(kind);
  const remove = useDelete(kind);
  const subject = kind === "ComputeProfile" ? "compute_profile" : "service_profile";
  const { keeping, dirty, draft } = state;
  const published = profile?.status.published;
  const mayPublish = can(`${subject}.publish`);
  const close = () => setOpen(undefined);
  const saved = useStable(async () => !dirty || (await state.save()));
  const since = !profile ? undefined : published ? m.changes(changes?.length ?? 0, numberOf(profile, published.generation)) : m.never;
  // What is wrong is told once; that saving goes on as it should is not read out every second.
  const trouble = keeping === "problems" ? m.keeping.problems(problems) : keeping === "failed" ? m.keeping.failed : undefined;
  const nothingNew = profile !== undefined && !dirty && published?.generation === profile.metadata.generation;
  return (
    <div className="sticky top-12 z-10 -mx-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-y border-line bg-page px-4 py-2 md:-mx-8 md:px-8">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {profile && (waits(profile) ? <StateBadge tone="waiting">{ui.waitsForApproval}</StateBadge> : <PublishedBadge published={published} generation={profile.metadata.generation} />)}
        {!readOnly && (
          <span className={cx("inline-flex items-center gap-1.5", TONES[keeping])}>
            <KeepingIcon keeping={keeping} />
            {trouble ?? m.keeping[keeping as "saved"]}
          </span>
        )}
        {since && <span className="text-muted">· {since}</span>}
        <span role="status" className="sr-only">
          {trouble ?? ""}
        </span>
      </div>
      {readOnly ? (
        known && <span className="text-muted">{m.readOnly}</span>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          {!profile && (
            <Button variant={mayPublish ? "secondary" : "primary"} busy={state.saving} disabled={!state.names.ok} onClick={() => void state.save()}>
              {m.create}
            </Button>
          )}
          {mayPublish && (
            <Button
              variant="primary"
              disabled={state.saving || state.stale || nothingNew || (!profile && !state.names.ok)}
              onClick={() => void saved().then((done) => done && setOpen("publish"))}
            >
              {m.publish}
            </Button>
          )}
          {profile && (
            <MoreMenu
              label={m.more}
              entries={[
                ...(published && publishedSpec && changes && changes.length > 0 ? [{ label: m.undoAll(numberOf(profile, published.generation)), onSelect: () => state.load({ ...draft, spec: publishedSpec }) }] : []),
                ...(mayPublish && published ? [{ label: m.withdraw, onSelect: () => setOpen("withdraw") }] : []),
                { label: m.delete, danger: true, disabled: !can(`${subject}.delete`), onSelect: () => setOpen("delete") },
              ]}
            />
          )}
        </div>
      )}
      {profile && open === "publish" && <PublishDialog profile={profile} scope={scope} changes={published ? changes : undefined} onClose={close} />}
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
              await navigate({ to: studioPaths.profiles(scope) });
            }}
          >
            <p>{studio.profiles.deleteText}</p>
          </ConfirmDialog>
        </>
      )}
    </div>
  );
}

function KeepingIcon({ keeping }: { keeping: Keeping }) {
  if (keeping === "saved") return <Check size={14} aria-hidden />;
  if (keeping === "problems" || keeping === "failed") return <TriangleAlert size={14} aria-hidden />;
  return <Pencil size={14} aria-hidden />;
}
