// The designer: parts at the left, the form in the middle, the live preview at the right, and a bar that tells where the draft stands.
import { ArrowRight } from "lucide-react";
import { useMemo, useState } from "react";
import { ApiError } from "../../../api/error";
import { useObject } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import { useStable, useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { designer as m } from "../../../messages/en/designer";
import { Button } from "../../../ui/Button";
import { ErrorPanel, Notice, PageBody, PageHeader } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { RelativeTime } from "../../../ui/Time";
import { cx } from "../../../ui/cx";
import type { useNameFields } from "../../admin/NameFields";
import type { ProfileKind } from "../paths";
import type { Profile } from "../profiles/rows";
import { Bar } from "./Bar";
import { CardPart } from "./CardPart";
import { EnvironmentPart } from "./EnvironmentPart";
import { InputsPart } from "./InputsPart";
import { PartLink } from "./PartLink";
import { PresetsPart } from "./PresetsPart";
import { Preview } from "./Preview";
import { RulesPart } from "./RulesPart";
import { VersionsPart } from "./VersionsPart";
import { DesignerContext, type DesignerState } from "./context";
import { type Draft, PARTS, type Part, changesBetween, countProblems } from "./draft";
import { useDraft } from "./draft-state";
import { OWN_LOOK, type PreviewValues, usePreview, useRevisions } from "./server";
import { useTemplates } from "./templates";

export interface DesignerProps {
  kind: ProfileKind;
  person: string;
  profile: Profile | undefined;
  onMade: (name: string) => void;
}

export function Designer({ kind, person, profile, onMade }: DesignerProps) {
  const scope = useProjectScope();
  const { can, isLoading } = usePermissions(scope);
  const subject = kind === "ComputeProfile" ? "compute_profile" : "service_profile";
  const [search] = useSearchState<"part">();
  const part: Part = PARTS.find((one) => one === search.part) ?? "card";
  const readOnly = !can(`${subject}.${profile ? "update" : "create"}`);
  const state = useDraft({ kind, scope, person, profile, part, readOnly, onMade });
  const { draft, base, name, names } = state;
  const title = draft.title || name || (kind === "ComputeProfile" ? m.newCompute : m.newService);
  useTitle(title);

  const [values, setValues] = useState<PreviewValues>(NO_VALUES);
  const [look, setLook] = useState(OWN_LOOK);
  const preview = usePreview(kind, scope, draft.spec, values, look);
  const organization = useObject("Organization", {}, scope.org);
  const templates = useTemplates(scope.org);
  const version = templates.items?.find((one) => one.metadata.name === draft.spec.template.name)?.spec.versions.find((one) => one.version === draft.spec.template.version);
  const fields = useMemo(() => version && (version.inputs ?? []), [version]);

  // What saving said counts until the draft changes; the dry run and the preview speak about what is here now.
  const errors = useMemo(() => {
    const previewFields = preview.error instanceof ApiError ? preview.error.fields : [];
    const all = [...state.problems, ...previewFields.map((error) => ({ ...error, path: error.path.replace(/^draft\./, "") }))];
    return all.filter((error, index) => all.findIndex((one) => one.path === error.path && one.message === error.message) === index);
  }, [state.problems, preview.error]);
  const counts = countProblems(errors);

  const revisions = useRevisions(kind, scope, base);
  const publishedGeneration = profile?.status.published?.generation;
  const publishedSpec = revisions.data?.find((revision) => revision.generation === publishedGeneration)?.spec;
  // As the server wrote it where it is saved: typed sizes would count as changes.
  const standing = state.dirty || !base ? draft.spec : base.spec;
  const changes = useMemo(() => publishedSpec && changesBetween(publishedSpec, standing), [publishedSpec, standing]);

  const setSpec: DesignerState["setSpec"] = useStable((patch) =>
    state.setDraft((old) => ({ ...old, spec: { ...old.spec, ...(typeof patch === "function" ? patch(old.spec) : patch) } as Draft["spec"] })),
  );
  const exactAt = (path: string) => errors.find((error) => error.path === path)?.message;
  const context: DesignerState = {
    kind,
    scope,
    profile: base,
    draft,
    setDraft: state.setDraft,
    setSpec,
    fields,
    answer: preview.answer,
    currency: organization.data?.spec.currency ?? "USD",
    readOnly,
    publishedSpec,
    adopt: state.adopt,
    errors,
    errorAt: (path) => exactAt(path) ?? errors.find((error) => error.path.startsWith(`${path}.`))?.message,
    exactAt,
  };
  const loose = errors.filter((error) => error.path === "");
  return (
    <DesignerContext.Provider value={context}>
      <PageBody full>
        <PageHeader icon={<ProfileIcon name={draft.spec.card.icon} org={scope.org} />} title={title} {...(base ? { description: <code>{name}</code> } : {})} />
        <Bar state={state} problems={errors.length} changes={changes} publishedSpec={publishedSpec} known={!isLoading} />
        {state.stale && (
          <Notice
            tone="waiting"
            action={
              <span className="flex flex-wrap gap-2">
                <Button onClick={() => state.settle("mine")}>{m.bar.keepMine}</Button>
                <Button onClick={() => state.settle("theirs")}>{m.bar.load}</Button>
              </span>
            }
          >
            {m.bar.stale}
          </Notice>
        )}
        {state.left && (
          <Notice
            tone="working"
            action={
              <span className="flex flex-wrap gap-2">
                {!state.left.loaded && <Button onClick={() => state.decide(true)}>{m.left.take}</Button>}
                <Button onClick={() => state.decide(false)}>{m.left.drop}</Button>
              </span>
            }
          >
            {state.left.loaded ? m.left.loaded : m.left.offered} (<RelativeTime at={state.left.at} />)
          </Notice>
        )}
        {state.failure && !state.stale && <ErrorPanel error={state.failure} onRetry={() => void state.save()} />}
        {!state.failure && loose.map((error) => <Notice key={error.message} tone="failed">{error.message}</Notice>)}
        <div className="grid grid-cols-1 items-start gap-8 md:grid-cols-[168px_minmax(0,1fr)] lg:grid-cols-[168px_minmax(0,1fr)_minmax(320px,400px)]">
          <PartList part={part} counts={counts} />
          <section aria-label={m.part[part]} className="min-w-0">
            <h2 className="mb-4 text-16 font-semibold">{m.part[part]}</h2>
            <Parts part={part} names={names} loads={state.loads} />
            <NextPart part={part} />
          </section>
          <aside aria-label={m.preview.title} className="min-w-0 rounded-md border border-line bg-sunken p-4 md:col-start-2 lg:sticky lg:top-32 lg:col-start-3 lg:max-h-[calc(100dvh-144px)] lg:overflow-auto">
            <Preview kind={kind} scope={scope} draft={draft} generation={base?.metadata.generation ?? 0} answer={preview.answer} currency={context.currency} values={values} onValues={setValues} look={look} onLook={setLook} isBehind={preview.isBehind} failure={preview.error ? preview.error.message : undefined} />
          </aside>
        </div>
      </PageBody>
    </DesignerContext.Provider>
  );
}

const NO_VALUES: PreviewValues = { inputs: {}, compute_inputs: {} };

/** `loads` makes parts that keep text while typing start anew after another version was loaded. */
function Parts({ part, names, loads }: { part: Part; names: ReturnType<typeof useNameFields>; loads: number }) {
  switch (part) {
    case "card":
      return <CardPart key={loads} names={names} />;
    case "environment":
      return <EnvironmentPart key={loads} />;
    case "inputs":
      return <InputsPart />;
    case "presets":
      return <PresetsPart />;
    case "rules":
      return <RulesPart key={loads} />;
    case "versions":
      return <VersionsPart />;
  }
}

/** No part ends nowhere: what usually comes next is one step away. */
function NextPart({ part }: { part: Part }) {
  const next = PARTS[PARTS.indexOf(part) + 1];
  if (!next) return null;
  return (
    <p className="mt-8 border-t border-line pt-4">
      <PartLink part={next} className="inline-flex items-center gap-1 rounded-sm font-medium text-accent-ink hover:underline">
        {m.next(m.part[next])} <ArrowRight size={16} aria-hidden />
      </PartLink>
    </p>
  );
}

function PartList({ part, counts }: { part: Part; counts: Map<Part, number> }) {
  return (
    <nav aria-label={m.parts} className="min-w-0 md:sticky md:top-32">
      <ul className="flex gap-1 overflow-x-auto md:flex-col">
        {PARTS.map((one) => (
          <li key={one}>
            <PartLink
              part={one}
              current={one === part}
              className={cx("flex h-8 items-center justify-between gap-2 rounded-md px-2.5 whitespace-nowrap", one === part ? "bg-accent-soft font-medium text-accent-ink" : "text-muted hover:bg-hover hover:text-ink")}
            >
              {m.part[one]}
              {counts.has(one) && (
                <span className="text-12 font-medium text-failed" title={m.problems(counts.get(one) ?? 0)}>
                  {counts.get(one)}
                  <span className="sr-only"> {m.problems(counts.get(one) ?? 0)}</span>
                </span>
              )}
            </PartLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
