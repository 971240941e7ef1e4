// From a card to a running instance: the form, and beside it what launching would mean.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useObject } from "../../../api/hooks";
import type { FormAnswer } from "../../../api/types";
import { Presets, ProfileForm } from "../../../forms/ProfileForm";
import { labelOf } from "../../../forms/values";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { Badges } from "../../../ui/Badges";
import { DocumentationLink } from "../../../ui/DocumentationLink";
import { ErrorPanel, Notice, PageBody, PageHeader, PageSkeleton, Skeleton } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { Unsaved } from "../../../ui/Unsaved";
import { cardKey, useRemembered } from "../remembered";
import { ComputeChoice } from "./ComputeChoice";
import { Documentation } from "./Documentation";
import { ErrorSummary } from "./ErrorSummary";
import { Filled } from "./Filled";
import { PlaceFields } from "./PlaceFields";
import { Summary } from "./Summary";
import { type LaunchSearch, type Start, broughtWith, startEmpty, startFromInstance, startFromLink, startRemembered } from "./start";
import { type LaunchPlace, useLaunch } from "./use-launch";

const m = hub.launch;

export function Launch() {
  const scope = useProjectScope();
  const params = useParams({ strict: false }) as { kind: string; name: string };
  const search = useSearch({ strict: false }) as LaunchSearch;
  const kind = params.kind === "compute" ? "ComputeProfile" : "ServiceProfile";
  const instanceKind = kind === "ComputeProfile" ? "ComputeInstance" : "ServiceInstance";
  const copies = search.from !== undefined && search.workspace !== undefined;
  const original = useObject(instanceKind, { ...scope, workspace: search.workspace ?? "" }, search.from ?? "", { enabled: copies });
  const brought = broughtWith(original.data);
  const compute = useObject("ComputeInstance", { ...scope, workspace: search.workspace ?? "" }, brought ?? "", { enabled: brought !== undefined });
  const place: LaunchPlace = { kind, profile: params.name, home: search.home, scope, workspace: search.workspace };
  const remembered = useRemembered(scope);
  const answers = remembered.preferences.answers?.[cardKey(scope, { kind, name: params.name, project: search.home ?? scope.project })];
  const [emptied, setEmptied] = useState<string>();
  // Another card, another link or another original starts anew.
  const key = JSON.stringify([scope, params, search.home, search.from, search.inputs, search.compute_inputs]);

  // Compute that cannot be read any more leaves its part of the form empty.
  const waiting = brought !== undefined && !compute.data && !compute.error;
  if (copies && (!original.data || waiting))
    return original.error ? (
      <PageBody>
        <PageHeader title={m.title(params.name)} />
        <ErrorPanel error={original.error} onRetry={() => void original.refetch()} />
      </PageBody>
    ) : (
      <PageSkeleton />
    );
  if (!remembered.settled) return <PageSkeleton />;
  const start = (): Start => {
    if (emptied === key) return startEmpty(params.name);
    if (original.data) return startFromInstance(original.data, compute.data, m.copyTitle);
    if (search.inputs || search.compute_inputs) return startFromLink(params.name, search);
    return answers ? startRemembered(params.name, answers) : startEmpty(params.name);
  };
  return <Started key={`${emptied === key}${key}`} start={start} render={(begun) => <LaunchPage place={place} start={begun} onClear={() => setEmptied(key)} />} />;
}

/** Settles what a page starts with once, so that the original's later changes do not run through what people type. */
function Started({ start, render }: { start: () => Start; render: (start: Start) => ReactNode }) {
  const [begun] = useState(start);
  return render(begun);
}

/** What people read for a path of the form: the field's label, or the word of a field of this page. */
function labelAt(path: string, form: FormAnswer | undefined): string {
  const [root, name] = path.split(".");
  const fields = root === "compute_inputs" ? form?.compute_form?.fields : root === "inputs" ? form?.form.fields : undefined;
  const field = fields?.find((one) => one.name === name);
  if (field) return labelOf(field);
  const words: Record<string, string> = { "metadata.name": m.name, "metadata.display_name": m.displayName, workspace: m.newWorkspaceName, compute: m.computeInstance };
  return words[path] ?? path;
}

function LaunchPage({ place, start, onClear }: { place: LaunchPlace; start: Start; onClear: () => void }) {
  const navigate = useNavigate();
  const launch = useLaunch(place, start, useRemembered(place.scope).remember);
  const { answer, card, draft, errorAt } = launch;
  const form = answer.data;
  const title = form?.profile.title || card?.title || place.profile;
  useTitle(m.title(title));

  if (answer.error && !form)
    return (
      <PageBody>
        <PageHeader title={m.title(title)} />
        <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />
      </PageBody>
    );
  const clear = () => {
    onClear();
    void navigate({ to: ".", search: { home: place.home, workspace: place.workspace } as never, replace: true });
  };
  const shared = { visible: form?.visible ?? [], required: form?.required ?? [], errorAt, onLeave: launch.leave };
  return (
    <PageBody>
      <Unsaved when={launch.unsaved} />
      <PageHeader title={m.title(title)} description={form?.profile.description || card?.description} icon={<ProfileIcon name={form?.profile.card.icon} org={place.scope.org} />} badges={<Badges badges={form?.summary.badges} />} actions={<DocumentationLink url={form?.profile.card.documentation_url} about={title} />} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void launch.launch();
        }}
        className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_340px]"
      >
        <div className="flex min-w-0 flex-col gap-8">
          <ErrorSummary errors={launch.errors} failure={launch.failure} fields={launch.refused} attempts={launch.attempts} labelFor={(path) => labelAt(path, form)} />
          {form && !form.offered.to_viewer && (
            <Notice tone="waiting">
              <p>{form.offered.reason}</p>
            </Notice>
          )}
          {form && <Filled start={start} answer={form} onClear={clear} />}
          {form && <Presets presets={form.form.presets} given={launch.inputs.given} values={form.values} onChange={launch.inputs.set} />}
          <PlaceFields {...launch.place} errorAt={errorAt} onLeave={launch.leave} />
          {!form ? (
            <Skeleton lines={8} />
          ) : (
            <>
              {place.kind === "ServiceProfile" && (
                <ComputeChoice answer={form} {...launch.compute} error={errorAt("compute")}>
                  {form.compute_form && (
                    <ProfileForm {...shared} form={form.compute_form} prefix="compute_inputs" given={launch.computeInputs.given} values={form.compute_values} onChange={launch.computeInputs.set} />
                  )}
                </ComputeChoice>
              )}
              <ProfileForm {...shared} form={form.form} prefix="inputs" given={launch.inputs.given} values={form.values} onChange={launch.inputs.set} />
              <Documentation text={form.profile.card.documentation} />
            </>
          )}
        </div>
        <Summary answer={form} draft={draft} busy={launch.busy} isBehind={answer.isBehind} />
      </form>
    </PageBody>
  );
}
