// A newer version of the profile: what it changes here, how to take it, and when it comes by itself.
import { ArrowUpCircle } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../../../api/error";
import { scopeOf } from "../../../../api/kinds";
import { usePermissions } from "../../../../api/session";
import type { Instance, Values } from "../../../../api/types";
import type { InstanceUpdate } from "../../../../api/types-change";
import { ProfileForm } from "../../../../forms/ProfileForm";
import { change as m } from "../../../../messages/en/change";
import { Button } from "../../../../ui/Button";
import { Dialog } from "../../../../ui/Dialog";
import { ErrorPanel, Notice, Skeleton } from "../../../../ui/Page";
import { RelativeTime } from "../../../../ui/Time";
import { toast } from "../../../../ui/Toast";
import { useInstanceForm } from "../instance-form";
import { PlanView } from "./PlanView";
import { changedInputs, useApplyChange, useChangePlan } from "./change-plan";
import { only } from "./mutable-form";

export function UpdateBanner({ instance }: { instance: Instance }) {
  const update = instance.status.update;
  const [open, setOpen] = useState(false);
  const { can } = usePermissions(scopeOf(instance.metadata));
  if (!update || instance.status.phase === "deleting") return null;
  const mayUpdate = can(instance.kind === "ServiceInstance" ? "service_instance.update" : "compute_instance.update");
  return (
    <>
      <Notice
        tone={update.problem ? "failed" : "working"}
        action={
          mayUpdate && (
            <Button size="small" icon={<ArrowUpCircle size={14} aria-hidden />} onClick={() => setOpen(true)}>
              {m.seeUpdate}
            </Button>
          )
        }
      >
        <p className="font-medium">{m.update(update.number)}</p>
        {update.note && <p className="break-words">{update.note}</p>}
        {update.problem && <p className="break-words">{m.notMoved(update.problem)}</p>}
        {update.upgrade_by && !update.problem && (
          <p className="text-12">
            {m.movedBy} <RelativeTime at={update.upgrade_by} />
          </p>
        )}
      </Notice>
      {open && <UpdateDialog instance={instance} update={update} onClose={() => setOpen(false)} />}
    </>
  );
}

function UpdateDialog({ instance, update, onClose }: { instance: Instance; update: InstanceUpdate; onClose: () => void }) {
  const form = useInstanceForm(instance).data;
  const [given, setGiven] = useState<Values>({});
  const inputs = changedInputs(instance, given);
  const body = { generation: update.generation, ...(Object.keys(inputs).length > 0 ? { inputs } : {}) };
  const { plan, error, isBehind, refetch } = useChangePlan(instance, body, true);
  const apply = useApplyChange(instance);
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  // Answers that the new version no longer takes are asked for here, and stay asked for once they are mended.
  const wrong = (plan?.errors ?? []).flatMap(({ path }) => /^inputs\.([^.]+)/.exec(path)?.[1] ?? []);
  if (wrong.some((name) => !asked.has(name))) setAsked(new Set([...asked, ...wrong]));
  const stale = apply.error instanceof ApiError && apply.error.status === 409;
  const mended = form && asked.size > 0 ? only(form.form, asked) : undefined;
  const blocked = !plan || isBehind || plan.action === "invalid";
  const submit = () => {
    if (!plan || blocked) return;
    apply.mutate(
      { ...body, plan_action: plan.action },
      {
        onSuccess: () => {
          toast(m.updated(update.number));
          onClose();
        },
        onError: refetch,
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.updateTitle(update.number)}
      description={update.note}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{m.notNow}</Button>
          <Button type="submit" variant="primary" busy={apply.isPending} disabled={blocked}>
            {plan ? m.applyUpdate[plan.action] : m.applyUpdate.none}
          </Button>
        </>
      }
    >
      {stale ? <Notice tone="waiting">{m.planMoved}</Notice> : apply.error && <ErrorPanel error={apply.error} />}
      {error && !plan ? <ErrorPanel error={error} onRetry={refetch} /> : plan ? <PlanView plan={plan} fields={form?.form.fields ?? []} shownErrors={mended ? wrong.map((name) => `inputs.${name}`) : []} /> : <Skeleton lines={5} />}
      {mended && (
        <>
          <p className="font-medium">{m.mend}</p>
          <ProfileForm
            form={mended}
            prefix="inputs"
            given={given}
            values={instance.spec.inputs ?? {}}
            visible={[...asked].map((name) => `inputs.${name}`)}
            required={form?.required ?? []}
            errorAt={(path) => plan?.errors.find((one) => one.path === path || one.path.startsWith(`${path}.`))?.message}
            onChange={setGiven}
          />
        </>
      )}
      <span className="sr-only" role="status">
        {isBehind ? m.planning : ""}
      </span>
    </Dialog>
  );
}
