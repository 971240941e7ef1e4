// The designer: parts at the left, the form in the middle, the live preview at the right, and a bar that tells where the draft stands.
import { Link, useBlocker, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ApiError } from "../../../api/error";
import { useCreate, useObject, useUpdate } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { designer as m } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { ErrorPanel, Notice, PageBody, PageHeader } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { cx } from "../../../ui/cx";
import { useNameFields } from "../../admin/NameFields";
import { type ProfileKind, studioPaths } from "../paths";
import { type Profile, countByProfile, profileKey, useInstancesOf } from "../profiles/rows";
import { Bar } from "./Bar";
import { CardPart } from "./CardPart";
import { EnvironmentPart } from "./EnvironmentPart";
import { InputsPart } from "./InputsPart";
import { PresetsPart } from "./PresetsPart";
import { Preview } from "./Preview";
import { PricePart } from "./PricePart";
import { SharingPart } from "./SharingPart";
import { VersionsPart } from "./VersionsPart";
import { DesignerContext, type DesignerState } from "./context";
import { type Draft, PARTS, type Part, changedByHand, changesBetween, countProblems, draftOf, emptyDraft, sameDraft } from "./draft";
import { type PreviewValues, bodyOfDraft, usePreview, useProblems, useRevisions } from "./server";
import { useTemplates } from "./templates";

export function Designer({ kind, profile }: { kind: ProfileKind; profile: Profile | undefined }) {
  const scope = useProjectScope();
  const navigate = useNavigate();
  const { can } = usePermissions(scope);
  const subject = kind === "ComputeProfile" ? "compute_profile" : "service_profile";
  const [search] = useSearchState<"part">();
  const part: Part = PARTS.find((one) => one === search.part) ?? "card";
  const names = useNameFields();

  // What the draft was made from: a newer stored version shows as a notice, never under people's hands.
  const [base, setBase] = useState(profile);
  const [edited, setDraft] = useState<Draft>(() => (profile ? draftOf(profile) : emptyDraft(kind)));
  const draft = profile ? edited : { ...edited, title: names.title };
  const dirty = base ? !sameDraft(draft, draftOf(base)) : !sameDraft(draft, emptyDraft(kind));
  // Publishing changes the stored profile too, but nothing that is edited here.
  const newer = profile !== undefined && base !== undefined && profile.metadata.resource_version > base.metadata.resource_version;
  const stale = newer && !sameDraft(draftOf(profile), draftOf(base));
  const current = newer && !stale ? profile : base;
  const name = profile?.metadata.name ?? names.name;
  const readOnly = !can(`${subject}.${profile ? "update" : "create"}`);
  useTitle(draft.title || name || (kind === "ComputeProfile" ? m.newCompute : m.newService));

  const [values, setValues] = useState<PreviewValues>({ inputs: {}, compute_inputs: {} });
  const preview = usePreview(kind, scope, draft.spec, values);
  const problems = useProblems(kind, scope, name, profile, draft, dirty && !readOnly);
  const organization = useObject("Organization", {}, scope.org);
  const templates = useTemplates(scope.org);
  const version = templates.items?.find((one) => one.metadata.name === draft.spec.template.name)?.spec.versions.find((one) => one.version === draft.spec.template.version);

  const create = useCreate(kind, scope);
  const update = useUpdate(kind);
  const failure = create.error ?? update.error;
  // What saving said counts until the draft changes; the dry run and the preview speak about what is here now.
  const errors = useMemo(() => {
    const previewFields = preview.error instanceof ApiError ? preview.error.fields : [];
    const all = [...problems, ...previewFields.map((error) => ({ ...error, path: error.path.replace(/^draft\./, "") }))];
    return all.filter((error, index) => all.findIndex((one) => one.path === error.path && one.message === error.message) === index);
  }, [problems, preview.error]);
  const counts = countProblems(errors);

  const revisions = useRevisions(kind, scope, profile);
  const publishedSpec = revisions.data?.find((revision) => revision.generation === profile?.status.published?.generation)?.spec;
  const changes = publishedSpec && changesBetween(publishedSpec, draft.spec);
  const seesInstances = can("compute_instance.view");
  const instances = useInstancesOf(scope.org, seesInstances && profile !== undefined);
  const reach = instances.rows && countByProfile(instances.rows).get(profileKey(kind, scope.project, name));

  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname && !create.isSuccess,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });

  const save = async (): Promise<boolean> => {
    const body = bodyOfDraft({ ...draft, spec: changedByHand(draft.spec) }, name);
    try {
      if (base) {
        const stored = await update.mutateAsync({ object: current as never, metadata: body.metadata, spec: body.spec as never });
        setBase(stored);
        setDraft(draftOf(stored));
      } else {
        await create.mutateAsync({ metadata: body.metadata, spec: body.spec as never });
        await navigate({ to: studioPaths.profile(scope, kind, name), search: { part } as never, ignoreBlocker: true, replace: true });
      }
      return true;
    } catch {
      // The mutation keeps the error; it stands on the page.
      return false;
    }
  };
  const reload = (from: Profile | undefined) => {
    if (!from) return;
    setBase(from);
    setDraft(draftOf(from));
    update.reset();
  };

  const exactAt = (path: string) => errors.find((error) => error.path === path)?.message;
  const state: DesignerState = {
    kind,
    scope,
    profile,
    draft,
    setDraft,
    setSpec: (patch) => setDraft({ ...edited, spec: { ...edited.spec, ...patch } as Draft["spec"] }),
    fields: version ? (version.inputs ?? []) : undefined,
    answer: preview.answer,
    currency: organization.data?.spec.currency ?? "USD",
    readOnly,
    errorAt: (path) => exactAt(path) ?? errors.find((error) => error.path.startsWith(`${path}.`))?.message,
    exactAt,
  };
  const loose = errors.filter((error) => error.path === "");
  return (
    <DesignerContext.Provider value={state}>
      <PageBody full>
        <PageHeader
          icon={<ProfileIcon name={draft.spec.card.icon} />}
          title={draft.title || name || (kind === "ComputeProfile" ? m.newCompute : m.newService)}
          {...(profile ? { description: <code>{name}</code> } : {})}
        />
        <Bar dirty={dirty} saving={create.isPending || update.isPending} onSave={save} onDiscard={() => reload(base)} changes={changes} reach={reach} />
        {stale && (
          <Notice tone="waiting" action={<Button onClick={() => reload(profile)}>{m.bar.load}</Button>}>
            {m.bar.stale}
          </Notice>
        )}
        {failure && <ErrorPanel error={failure} />}
        {!failure && loose.map((error) => <Notice key={error.message} tone="failed">{error.message}</Notice>)}
        <div className="grid grid-cols-1 items-start gap-8 md:grid-cols-[168px_minmax(0,1fr)] lg:grid-cols-[168px_minmax(0,1fr)_minmax(320px,400px)]">
          <PartList part={part} counts={counts} />
          <section aria-label={m.part[part]} className="min-w-0">
            <h2 className="mb-4 text-16 font-semibold">{m.part[part]}</h2>
            <Parts part={part} names={names} version={base?.metadata.generation ?? 0} />
          </section>
          <aside aria-label={m.preview.title} className="min-w-0 rounded-md border border-line bg-sunken p-4 md:col-start-2 lg:sticky lg:top-32 lg:col-start-3 lg:max-h-[calc(100dvh-144px)] lg:overflow-auto">
            <h2 className="text-16 font-semibold">{m.preview.title}</h2>
            <p className="mb-4 text-muted">{m.preview.text}</p>
            <Preview values={values} onValues={setValues} isBehind={preview.isBehind} failure={preview.error ? preview.error.message : undefined} />
          </aside>
        </div>
        <ConfirmDialog open={blocker.status === "blocked"} onClose={() => blocker.reset?.()} title={m.leave.title} verb={m.leave.do} onConfirm={() => blocker.proceed?.()}>
          <p>{m.leave.text}</p>
        </ConfirmDialog>
      </PageBody>
    </DesignerContext.Provider>
  );
}

/** `version` makes parts that keep text while typing start anew after another version was loaded. */
function Parts({ part, names, version }: { part: Part; names: ReturnType<typeof useNameFields>; version: number }) {
  switch (part) {
    case "card":
      return <CardPart key={version} names={names} />;
    case "environment":
      return <EnvironmentPart key={version} />;
    case "inputs":
      return <InputsPart />;
    case "presets":
      return <PresetsPart />;
    case "price":
      return <PricePart />;
    case "sharing":
      return <SharingPart />;
    case "versions":
      return <VersionsPart />;
  }
}

function PartList({ part, counts }: { part: Part; counts: Map<Part, number> }) {
  return (
    <nav aria-label={m.parts} className="min-w-0 md:sticky md:top-32">
      <ul className="flex gap-1 overflow-x-auto md:flex-col">
        {PARTS.map((one) => (
          <li key={one}>
            <Link
              to="."
              search={((old: object) => ({ ...old, part: one })) as never}
              replace
              resetScroll={false}
              aria-current={one === part ? "page" : undefined}
              className={cx("flex h-8 items-center justify-between gap-2 rounded-md px-2.5 whitespace-nowrap", one === part ? "bg-accent-soft font-medium text-accent-ink" : "text-muted hover:bg-hover hover:text-ink")}
            >
              {m.part[one]}
              {counts.has(one) && (
                <span className="text-12 font-medium text-failed" title={m.problems(counts.get(one) ?? 0)}>
                  {counts.get(one)}
                  <span className="sr-only"> {m.problems(counts.get(one) ?? 0)}</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
