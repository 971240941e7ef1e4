// Holds a size for a workspace, also on behalf of a person.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { ApiError } from "../../../api/error";
import { keys } from "../../../api/hooks";
import { collectionPath } from "../../../api/kinds";
import { usePostOnce } from "../../../api/once";
import { useMe, usePermissions } from "../../../api/session";
import type { ComputeInstance, Values } from "../../../api/types";
import { ProfileForm } from "../../../forms/ProfileForm";
import { givenValues } from "../../../forms/values";
import { formatMoney } from "../../../lib/format";
import { useTitle } from "../../../lib/hooks";
import { nameProblem, suggestName } from "../../../lib/name";
import { paths } from "../../../lib/paths";
import { useProjectScope } from "../../../lib/scope";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Combobox } from "../../../ui/Combobox";
import { Field, SelectField, TextField } from "../../../ui/Field";
import { KeyValue } from "../../../ui/KeyValue";
import { EmptyState, ErrorPanel, Notice, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { AvailabilityBadge } from "../../../ui/ProfileCard";
import { SizeLine } from "../../../ui/SizeLine";
import { Unsaved } from "../../../ui/Unsaved";
import { rowName } from "../../../lib/rows";
import { useCatalogue } from "../../hub/catalogue/cards";
import { useFormAnswer } from "../../hub/launch/form-answer";

const m = studio.manage.create;
const NEW = "+new";

export function CreateCompute() {
  useTitle(m.title);
  const scope = useProjectScope();
  const cards = useCatalogue(scope);
  const computes = cards.data?.filter((card) => card.kind === "ComputeProfile");
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} />
      {cards.error && <ErrorPanel error={cards.error} onRetry={() => void cards.refetch()} />}
      {!computes && !cards.error && <Skeleton lines={6} />}
      {computes?.length === 0 && <EmptyState title={m.noProfiles} />}
      {computes && computes.length > 0 && <CreateForm options={computes.map((card) => ({ key: `${card.project}/${card.name}`, name: card.name, home: card.project, title: card.title }))} />}
    </PageBody>
  );
}

function CreateForm({ options }: { options: { key: string; name: string; home: string; title: string }[] }) {
  const scope = useProjectScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const post = usePostOnce();
  const me = useMe();
  const { can } = usePermissions(scope);
  const mayFor = can("compute_instance.create_on_behalf");
  const workspaces = useAll("Workspace", scope, { sort: "name" });
  const users = useAll("User", {}, { sort: "name" }, { enabled: mayFor });
  const [profileKey, setProfileKey] = useState(options[0]?.key ?? "");
  const profile = options.find((option) => option.key === profileKey) ?? options[0];
  const [name, setName] = useState(() => suggestName(options[0]?.name ?? "compute"));
  const [chosenWorkspace, setWorkspace] = useState<string>();
  const [newWorkspace, setNewWorkspace] = useState("shared");
  const [owner, setOwner] = useState<string | null>(null);
  const [inputs, setInputs] = useState<Values>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [tried, setTried] = useState(false);
  const workspace = chosenWorkspace ?? workspaces.items?.[0]?.metadata.name ?? (workspaces.items ? NEW : "");
  const makes = workspace === NEW;
  const home = profile && profile.home !== scope.project ? profile.home : undefined;
  const answer = useFormAnswer("ComputeProfile", scope, profile?.name ?? "", home, { ...(makes || !workspace ? {} : { workspace }), inputs, compute_inputs: {} });
  const form = answer.data;
  const refused = failure instanceof ApiError ? failure.fields.map((error) => ({ ...error, path: error.path.replace(/^spec\./, "") })) : [];
  const errorAt = (path: string) =>
    refused.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message ?? (tried ? form?.errors.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message : undefined);
  const nameError = errorAt("metadata.name") ?? (name === "" ? undefined : nameProblem(name));
  const workspaceError = makes ? nameProblem(newWorkspace) : undefined;
  const ready = profile !== undefined && name !== "" && !nameProblem(name) && workspace !== "" && !workspaceError;

  const submit = async () => {
    setTried(true);
    setFailure(undefined);
    if (!ready || !profile || (form?.errors.length ?? 0) > 0) return;
    setBusy(true);
    try {
      const place = { ...scope, workspace: makes ? newWorkspace : workspace };
      if (makes) {
        await post(collectionPath("Workspace", scope), { metadata: { name: newWorkspace }, spec: {} });
        await client.invalidateQueries({ queryKey: keys.kind("Workspace") });
        setWorkspace(newWorkspace);
      }
      const other = owner !== null && owner !== me?.user.name ? owner : undefined;
      const made = await post<ComputeInstance>(collectionPath("ComputeInstance", place), {
        metadata: { name },
        spec: { profile: { name: profile.name, ...(home ? { project: home } : {}) }, inputs: givenValues(inputs), ...(other ? { owner: other } : {}) },
      });
      void client.invalidateQueries({ queryKey: keys.kind("ComputeInstance") });
      await navigate({ to: paths.instance("ComputeInstance", place, made.metadata.name) });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const summary = form?.summary;
  return (
    <form
      noValidate
      className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_320px]"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Unsaved when={Object.keys(inputs).length > 0 && !busy} />
      <div className="flex max-w-2xl flex-col gap-5">
        <SelectField
          label={m.profile}
          required
          value={profile?.key ?? ""}
          onChange={(key) => {
            setProfileKey(key);
            setInputs({});
          }}
          options={options.map((option) => ({ value: option.key, label: option.title }))}
        />
        <TextField label={m.name} required value={name} onChange={setName} {...(nameError ? { error: nameError } : {})} input={{ className: "font-mono", autoComplete: "off", spellCheck: false }} />
        <SelectField
          label={m.workspace}
          required
          value={workspace}
          onChange={setWorkspace}
          options={[...(workspaces.items ?? []).map((one) => ({ value: one.metadata.name, label: rowName(one) })), { value: NEW, label: m.newWorkspace }]}
          {...(workspaces.items?.length === 0 ? { help: m.noWorkspaces } : {})}
        />
        {makes && <TextField label={m.newWorkspaceName} required value={newWorkspace} onChange={setNewWorkspace} {...(workspaceError ? { error: workspaceError } : {})} input={{ className: "font-mono", spellCheck: false }} />}
        {mayFor && (
          <Field label={m.owner} help={m.ownerHelp} {...(errorAt("owner") ? { error: errorAt("owner") ?? "" } : {})}>
            {(control) => (
              <Combobox
                control={control}
                value={owner ?? me?.user.name ?? null}
                onChange={setOwner}
                options={(users.items ?? []).map((one) => ({ value: one.metadata.name, label: one.metadata.name === me?.user.name ? `${rowName(one)} (${m.self})` : rowName(one), help: one.spec.email }))}
              />
            )}
          </Field>
        )}
        {answer.error && <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />}
        {form && <ProfileForm form={form.form} prefix="inputs" given={inputs} values={form.values} visible={form.visible} required={form.required} errorAt={errorAt} onChange={setInputs} />}
        {failure !== undefined && <ErrorPanel error={failure} />}
        {tried && form && form.errors.length > 0 && (
          <Notice tone="failed">
            <ul className="list-disc pl-5">
              {form.errors.map((error) => (
                <li key={error.path}>{error.message}</li>
              ))}
            </ul>
          </Notice>
        )}
      </div>
      <aside className="flex flex-col gap-4 rounded-md border border-line bg-sunken p-4 lg:sticky lg:top-16">
        {!summary ? (
          <Skeleton lines={4} />
        ) : (
          <KeyValue
            entries={[
              summary.size ? { label: m.size, value: <SizeLine size={summary.size} /> } : null,
              { label: m.price, value: summary.price_per_hour == null ? ui.noPrice : ui.perHour(formatMoney(summary.price_per_hour, summary.currency)) },
              { label: m.capacity, value: <AvailabilityBadge availability={summary.capacity} /> },
            ]}
          />
        )}
        {summary?.capacity.message && <p className="text-muted">{summary.capacity.message}</p>}
        <Button type="submit" variant="primary" busy={busy} disabled={!ready}>
          {m.create}
        </Button>
      </aside>
    </form>
  );
}
