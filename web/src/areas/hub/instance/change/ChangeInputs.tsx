// Other answers for a running instance: only those that may change, with the plan beside them before anything is done.
import { useState } from "react";
import { ApiError } from "../../../../api/error";
import type { FormAnswer, Instance, Values } from "../../../../api/types";
import { ProfileForm } from "../../../../forms/ProfileForm";
import { change as m } from "../../../../messages/en/change";
import { ui } from "../../../../messages/en/ui";
import { Button } from "../../../../ui/Button";
import { ErrorPanel, Notice, Skeleton } from "../../../../ui/Page";
import { toast } from "../../../../ui/Toast";
import { Unsaved } from "../../../../ui/Unsaved";
import { PlanView } from "./PlanView";
import { changedInputs, useApplyChange, useChangePlan } from "./change-plan";
import { mutableForm } from "./mutable-form";

export function ChangeInputs({ instance, answer, onClose }: { instance: Instance; answer: FormAnswer; onClose: () => void }) {
  const [given, setGiven] = useState<Values>({});
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const inputs = changedInputs(instance, given);
  const changed = Object.keys(inputs).length > 0;
  const { plan, error, isBehind, refetch } = useChangePlan(instance, { inputs }, changed);
  const apply = useApplyChange(instance);
  const shown = changed ? plan : undefined;
  const stale = apply.error instanceof ApiError && apply.error.status === 409;
  const form = mutableForm(answer.form);
  const paths = form.fields.map((field) => `inputs.${field.name}`);
  const errorAt = (path: string) => (left.has(path) ? shown?.errors.find((one) => one.path === path || one.path.startsWith(`${path}.`))?.message : undefined);
  return (
    <form
      noValidate
      className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_340px]"
      onSubmit={(event) => {
        event.preventDefault();
        setLeft(new Set(paths));
        if (!shown || isBehind || shown.action === "invalid" || shown.action === "none") return;
        apply.mutate(
          { inputs, plan_action: shown.action },
          {
            onSuccess: () => {
              toast(m.done[shown.action]);
              onClose();
            },
            // What was agreed to is not what would happen: the new plan is shown and asked about again.
            onError: refetch,
          },
        );
      }}
    >
      <Unsaved when={changed && !apply.isPending} />
      <ProfileForm
        form={form}
        prefix="inputs"
        given={given}
        values={{ ...answer.values, ...instance.spec.inputs }}
        visible={paths}
        required={answer.required}
        errorAt={errorAt}
        onChange={(next) => {
          apply.reset();
          setGiven(next);
        }}
        onLeave={(path) => setLeft((old) => (old.has(path) ? old : new Set([...old, path])))}
      />
      <aside aria-label={m.plan} className="flex flex-col gap-4 rounded-md border border-line bg-sunken p-4 lg:sticky lg:top-16">
        <div className="flex items-baseline justify-between">
          <h2 className="text-16 font-semibold">{m.plan}</h2>
          <span role="status" className="text-12 text-muted">
            {changed && isBehind ? m.planning : ""}
          </span>
        </div>
        {stale ? <Notice tone="waiting">{m.planMoved}</Notice> : apply.error && <ErrorPanel error={apply.error} />}
        {!changed ? (
          <p className="text-muted">{m.nothingChanged}</p>
        ) : error && !plan ? (
          <ErrorPanel error={error} onRetry={refetch} />
        ) : shown ? (
          <PlanView plan={shown} fields={answer.form.fields} shownErrors={shown.errors.map((one) => one.path).filter((path) => errorAt(path) !== undefined)} />
        ) : (
          <Skeleton lines={4} />
        )}
        <Button type="submit" variant="primary" busy={apply.isPending} disabled={!shown || isBehind || shown.action === "invalid" || shown.action === "none"}>
          {shown ? m.apply[shown.action] : m.apply.none}
        </Button>
        <Button onClick={onClose}>{ui.cancel}</Button>
      </aside>
    </form>
  );
}
