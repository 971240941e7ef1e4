// The very card and form a developer would see with this draft.
import { Eye, EyeOff } from "lucide-react";
import { memo, useDeferredValue, useState } from "react";
import { useAll } from "../../../api/all";
import { useMe, usePermissions } from "../../../api/session";
import type { CatalogueCard, ComputeProfileSpec, FormAnswer, ServiceProfileSpec, Values } from "../../../api/types";
import { Presets, ProfileForm } from "../../../forms/ProfileForm";
import { formatMoney } from "../../../lib/format";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { SelectField } from "../../../ui/Field";
import { KeyValue } from "../../../ui/KeyValue";
import { Notice } from "../../../ui/Page";
import { AvailabilityBadge, ProfileCard } from "../../../ui/ProfileCard";
import { SizeLine } from "../../../ui/SizeLine";
import { cx } from "../../../ui/cx";
import { rowName } from "../../../lib/rows";
import type { ProfileKind } from "../paths";
import type { Draft } from "./draft";
import { DryRun } from "./DryRun";
import { type Look, type PreviewValues, launchedIn } from "./server";

const m = designer.preview;

export interface PreviewProps {
  kind: ProfileKind;
  scope: { org: string; project: string };
  draft: Draft;
  generation: number;
  answer: FormAnswer | undefined;
  currency: string;
  values: PreviewValues;
  onValues: (values: PreviewValues) => void;
  look: Look;
  onLook: (look: Look) => void;
  isBehind: boolean;
  /** The form could not be made. */
  failure: string | undefined;
}

/** The preview follows when there is time: it never holds up the letters that are being typed. */
export function Preview({ kind, scope, draft, generation, answer, currency, values, onValues, look, onLook, isBehind, failure }: PreviewProps) {
  const settled = useDeferredValue(answer);
  const chosen = draft.spec.template.name !== "" && draft.spec.template.version !== "";
  return (
    <div className="flex flex-col gap-5">
      <div>
        <h2 className="text-16 font-semibold">{m.title}</h2>
        <p className="text-muted">{m.text}</p>
      </div>
      <Eyes kind={kind} scope={scope} look={look} onLook={onLook} />
      {settled?.offered && <OfferedNote offered={settled.offered} />}
      <ProfileCard org={scope.org} card={previewCard(kind, scope.project, draft, generation, answer, currency)} />
      {!chosen && <p className="text-muted">{m.waiting}</p>}
      {failure && (
        <Notice tone="failed">
          <p className="font-medium">{m.broken}</p>
          <p className="break-words">{failure}</p>
        </Notice>
      )}
      {settled && (
        <>
          <div className="flex items-baseline justify-between">
            <h3 className="font-semibold">{m.summary}</h3>
            <span role="status" className="text-12 text-muted">
              {isBehind ? m.behind : ""}
            </span>
          </div>
          <DryRun kind={kind} {...launchedIn(scope, look.project)} spec={draft.spec} values={values} />
          <Answer answer={settled} values={values} onValues={onValues} />
        </>
      )}
    </div>
  );
}

type EyesProps = Pick<PreviewProps, "kind" | "scope" | "look" | "onLook">;

/** The project it would be launched in, and the person who would launch it there. */
function Eyes({ kind, scope, look, onLook }: EyesProps) {
  const projects = useAll("Project", { org: scope.org }, { sort: "name" });
  const options = (projects.items ?? []).map((project) => ({
    value: project.metadata.name,
    label: project.metadata.name === scope.project ? m.ownProject(rowName(project)) : rowName(project),
  }));
  return (
    <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-1">
      {options.length > 1 && <SelectField label={m.project} value={look.project || scope.project} onChange={(project) => onLook({ project, viewer: "" })} options={options} />}
      <Viewers kind={kind} scope={{ org: scope.org, project: look.project || scope.project }} viewer={look.viewer} onViewer={(viewer) => onLook({ ...look, viewer })} />
    </div>
  );
}

/** Everybody who may launch in the project, to see the form as they would: their groups, secrets and running compute count. */
function Viewers({ kind, scope, viewer, onViewer }: { kind: ProfileKind; scope: PreviewProps["scope"]; viewer: string; onViewer: (viewer: string) => void }) {
  const { can } = usePermissions(scope);
  // Whoever sees a project through other people's eyes makes profiles there.
  const seesPeople = can("role_binding.view") && can("user.view") && can(kind === "ComputeProfile" ? "compute_profile.create" : "service_profile.create");
  const bindings = useAll("RoleBinding", scope, { deep: true }, { enabled: seesPeople });
  const users = useAll("User", {}, { sort: "name" }, { enabled: seesPeople });
  const me = useMe()?.user.name;
  const people = new Set((bindings.items ?? []).map((binding) => binding.spec.user));
  const options = (users.items ?? []).filter((user) => people.has(user.metadata.name) && user.metadata.name !== me).map((user) => ({ value: user.metadata.name, label: rowName(user) }));
  if (!seesPeople || options.length === 0) return null;
  return <SelectField label={m.as} value={viewer} onChange={onViewer} placeholder={m.me} options={options} />;
}

function OfferedNote({ offered }: { offered: FormAnswer["offered"] }) {
  return (
    <p className={cx("flex items-start gap-1.5", offered.to_viewer ? "text-muted" : "font-medium text-waiting")}>
      {offered.to_viewer ? <Eye size={16} aria-hidden className="mt-0.5 shrink-0" /> : <EyeOff size={16} aria-hidden className="mt-0.5 shrink-0" />}
      {offered.reason}
    </p>
  );
}

/** The summary and the form: made again only when the server has said something new or somebody answers. */
const Answer = memo(function Answer({ answer, values, onValues }: { answer: FormAnswer; values: PreviewValues; onValues: (values: PreviewValues) => void }) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const errorAt = (path: string) => (touched.has(path) ? answer.errors.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message : undefined);
  const change = (prefix: "inputs" | "compute_inputs") => (next: Values) => {
    const changed = Object.keys(next).filter((name) => next[name] !== values[prefix][name]);
    setTouched(new Set([...touched, ...changed.map((name) => `${prefix}.${name}`)]));
    onValues({ ...values, [prefix]: next });
  };
  const { summary } = answer;
  return (
    <>
      <KeyValue
        entries={[
          { label: m.price, value: summary.price_per_hour == null ? ui.noPrice : `${ui.perHour(formatMoney(summary.price_per_hour, summary.currency))}${summary.price_per_month == null ? "" : ` · ${ui.perMonth(formatMoney(summary.price_per_month, summary.currency))}`}` },
          summary.size ? { label: m.size, value: <SizeLine size={summary.size} /> } : null,
          { label: m.capacity, value: <AvailabilityBadge availability={summary.capacity} /> },
          summary.limit ? { label: m.limit, value: m.limitUse(summary.limit.used, summary.limit.most) } : null,
          (summary.targets ?? []).length > 1 ? { label: m.targets, value: summary.targets.join(", ") } : summary.target ? { label: m.target, value: summary.target } : null,
          summary.access.length > 0 ? { label: m.access, value: summary.access.map((one) => `${one.title}: ${ui.access[one.access]}`).join("; ") } : null,
        ]}
      />
      <div className="flex flex-col gap-4 border-t border-line pt-4">
        <h3 className="font-semibold">{m.form}</h3>
        {![...answer.form.fields, ...(answer.compute_form?.fields ?? [])].some((field) => !field.hidden) && <p className="text-muted">{m.asksNothing}</p>}
        <Presets presets={answer.form.presets} given={values.inputs} values={answer.values} onChange={change("inputs")} />
        {answer.compute_form && answer.compute_form.fields.some((field) => !field.hidden) && (
          <div className="flex flex-col gap-3">
            <p className="text-12 text-muted">{m.computePart}</p>
            <ProfileForm
              form={answer.compute_form}
              prefix="compute_inputs"
              given={values.compute_inputs}
              values={answer.compute_values}
              visible={answer.visible}
              required={answer.required}
              errorAt={errorAt}
              onChange={change("compute_inputs")}
            />
          </div>
        )}
        <ProfileForm form={answer.form} prefix="inputs" given={values.inputs} values={answer.values} visible={answer.visible} required={answer.required} errorAt={errorAt} onChange={change("inputs")} />
      </div>
    </>
  );
});

/** The card as the catalogue would show it, with what the server said about size, price and capacity. */
export function previewCard(kind: CatalogueCard["kind"], project: string, draft: Draft, generation: number, answer: FormAnswer | undefined, currency: string): CatalogueCard {
  const summary = answer?.summary;
  const compute = (draft.spec as ServiceProfileSpec).compute;
  const brings = kind === "ServiceProfile" && Boolean(compute?.auto_create);
  const price = summary?.price_per_hour ?? (draft.spec as ComputeProfileSpec).price?.per_hour;
  return {
    kind,
    name: "",
    project,
    generation,
    title: draft.title || m.untitled,
    description: draft.description,
    card: draft.spec.card,
    ...(summary?.size ? { size: summary.size } : {}),
    ...(price == null || !Number.isFinite(Number(price)) ? {} : { price_per_hour: price }),
    currency: summary?.currency ?? currency,
    isolation: summary?.isolation ?? "",
    badges: summary?.badges ?? [],
    auto_creates_compute: brings,
    needs_compute: kind === "ServiceProfile" && !brings,
    offered_by: "",
    availability: summary?.capacity ?? { state: "no_target", message: m.waiting },
  };
}
