// From a card to a running instance: the form, and beside it what launching would mean.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../api/client";
import { ApiError } from "../../../api/error";
import { keys, useList } from "../../../api/hooks";
import { collectionPath } from "../../../api/kinds";
import type { FormAnswer, Instance, Values } from "../../../api/types";
import { Presets, ProfileForm } from "../../../forms/ProfileForm";
import { labelOf } from "../../../forms/values";
import { useTitle } from "../../../lib/hooks";
import { nameProblem, suggestName } from "../../../lib/name";
import { paths } from "../../../lib/paths";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { ErrorPanel, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { useCatalogue } from "../catalogue/cards";
import { rememberCard } from "../recent";
import { ComputeChoice } from "./ComputeChoice";
import { Documentation } from "./Documentation";
import { ErrorSummary } from "./ErrorSummary";
import { NEW_WORKSPACE, PlaceFields } from "./PlaceFields";
import { Summary } from "./Summary";
import { type LaunchDraft, launchBody } from "./draft";
import { useFormAnswer } from "./form-answer";

const m = hub.launch;

export function Launch() {
  const params = useParams({ strict: false }) as { kind: string; name: string };
  const key = `${params.kind}/${params.name}`;
  // Another card starts with an empty form.
  return <LaunchPage key={key} />;
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

function LaunchPage() {
  const scope = useProjectScope();
  const params = useParams({ strict: false }) as { kind: string; name: string };
  const search = useSearch({ strict: false }) as { workspace?: string; home?: string };
  const kind = params.kind === "compute" ? "ComputeProfile" : "ServiceProfile";
  const navigate = useNavigate();
  const client = useQueryClient();

  const [name, setName] = useState(() => suggestName(params.name));
  const [displayName, setDisplayName] = useState("");
  const [chosenWorkspace, setWorkspace] = useState(search.workspace);
  const [newWorkspace, setNewWorkspace] = useState("my-workspace");
  const [inputs, setInputs] = useState<Values>({});
  const [computeInputs, setComputeInputs] = useState<Values>({});
  const [chosenCompute, setCompute] = useState<string>();
  const [useExisting, setUseExisting] = useState(false);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const workspaces = useList("Workspace", scope, { limit: 200, sort: "name" });
  const onlyNew = workspaces.items?.length === 0;
  const workspace = chosenWorkspace ?? (onlyNew ? NEW_WORKSPACE : workspaces.items?.[0]?.metadata.name);
  const makesWorkspace = workspace === NEW_WORKSPACE;
  const workspaceName = makesWorkspace ? newWorkspace : workspace;
  const card = useCatalogue(scope).data?.find((one) => one.kind === kind && one.name === params.name && one.project === (search.home ?? scope.project));
  const bringsOwn = card?.auto_creates_compute ?? true;
  const existing = kind === "ServiceProfile" && (useExisting || !bringsOwn);
  const compute = existing ? chosenCompute : undefined;

  const answer = useFormAnswer(kind, scope, params.name, search.home, {
    ...(workspaceName && !makesWorkspace ? { workspace: workspaceName } : {}),
    inputs,
    ...(compute ? { compute } : {}),
    compute_inputs: compute ? {} : computeInputs,
  });
  const form = answer.data;
  const title = form?.profile.title || card?.title || params.name;
  useTitle(m.title(title));

  const draft: LaunchDraft = {
    kind,
    profile: params.name,
    home: search.home,
    name,
    displayName,
    scope: { ...scope, ...(workspaceName ? { workspace: workspaceName } : {}) },
    inputs,
    compute,
    computeInputs,
  };

  // What the server said about the launch itself, in the form's own paths.
  const refused = failure instanceof ApiError ? failure.fields.map((error) => ({ ...error, path: error.path.replace(/^spec\./, "") })) : [];
  const choiceMissing = existing && !compute ? [{ path: "compute", message: m.computeMissing }] : [];
  const local = [
    ...(nameProblem(name) ? [{ path: "metadata.name", message: nameProblem(name) ?? "" }] : []),
    ...(makesWorkspace && nameProblem(newWorkspace) ? [{ path: "workspace", message: nameProblem(newWorkspace) ?? "" }] : []),
  ];
  const server = form?.errors ?? [];
  const errors = [...local, ...server, ...choiceMissing.filter(() => !server.some((error) => error.path === "compute"))];
  const errorAt = (path: string): string | undefined => {
    const at = (list: { path: string; message: string }[]) => list.find((error) => error.path === path || error.path.startsWith(`${path}.`))?.message;
    return at(refused) ?? (tried || touched.has(path) ? at(errors) : undefined);
  };
  const touch = (prefix: string, before: Values, after: Values) => {
    const changed = Object.keys(after).filter((field) => after[field] !== before[field]);
    setTouched(new Set([...touched, ...changed.map((field) => `${prefix}.${field}`)]));
    setFailure(undefined);
  };

  const changeInputs = (next: Values) => {
    touch("inputs", inputs, next);
    setInputs(next);
  };

  const launch = async () => {
    setTried(true);
    setFailure(undefined);
    if (errors.length > 0 || !workspaceName) return;
    setBusy(true);
    try {
      if (makesWorkspace) {
        await api.post(collectionPath("Workspace", scope), { metadata: { name: workspaceName }, spec: {} });
        await client.invalidateQueries({ queryKey: keys.kind("Workspace") });
        setWorkspace(workspaceName);
      }
      const instanceKind = kind === "ServiceProfile" ? "ServiceInstance" : "ComputeInstance";
      const place = { ...scope, workspace: workspaceName };
      const made = await api.post<Instance>(collectionPath(instanceKind, place), launchBody(draft));
      client.setQueryData(keys.item(instanceKind, place, made.metadata.name), made);
      void client.invalidateQueries({ queryKey: [...keys.kind(instanceKind), "list"] });
      rememberCard(scope, { kind, name: params.name, project: search.home ?? scope.project });
      await navigate({ to: paths.instance(instanceKind, place, made.metadata.name) });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  if (answer.error && !form)
    return (
      <PageBody>
        <PageHeader title={m.title(title)} />
        <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />
      </PageBody>
    );
  const shared = { visible: form?.visible ?? [], required: form?.required ?? [], errorAt };
  return (
    <PageBody>
      <PageHeader title={m.title(title)} description={form?.profile.description || card?.description} icon={<ProfileIcon name={form?.profile.card.icon} />} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void launch();
        }}
        className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_340px]"
      >
        <div className="flex min-w-0 flex-col gap-8">
          <ErrorSummary errors={tried ? errors : []} failure={failure} fields={refused} labelFor={(path) => labelAt(path, form)} />
          {form && <Presets presets={form.form.presets} given={inputs} values={form.values} onChange={changeInputs} />}
          <PlaceFields
            {...{ name, setName, displayName, setDisplayName, workspace, setWorkspace, newWorkspace, setNewWorkspace, errorAt }}
            workspaces={workspaces.items}
          />
          {!form ? (
            <Skeleton lines={8} />
          ) : (
            <>
              {kind === "ServiceProfile" && (
                <ComputeChoice
                  answer={form}
                  bringsOwn={bringsOwn}
                  existing={existing}
                  setExisting={setUseExisting}
                  compute={chosenCompute}
                  setCompute={setCompute}
                  error={errorAt("compute")}
                >
                  {form.compute_form && (
                    <ProfileForm
                      {...shared}
                      form={form.compute_form}
                      prefix="compute_inputs"
                      given={computeInputs}
                      values={form.compute_values}
                      onChange={(next) => {
                        touch("compute_inputs", computeInputs, next);
                        setComputeInputs(next);
                      }}
                    />
                  )}
                </ComputeChoice>
              )}
              <ProfileForm
                {...shared}
                form={form.form}
                prefix="inputs"
                given={inputs}
                values={form.values}
                onChange={changeInputs}
              />
              <Documentation text={form.profile.card.documentation} />
            </>
          )}
        </div>
        <Summary answer={form} draft={draft} busy={busy} isBehind={answer.isBehind} />
      </form>
    </PageBody>
  );
}
