// One tenant: its projects, who has a role in it, and what it is called.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../api/all";
import { useDelete, useObject, useUpdate } from "../../api/hooks";
import { useWatch } from "../../api/live";
import { usePermissions } from "../../api/session";
import type { Organization } from "../../api/types";
import { useTitle } from "../../lib/hooks";
import { paths } from "../../lib/paths";
import { admin } from "../../messages/en/admin";
import { operations as m } from "../../messages/en/operations";
import { suspension } from "../../messages/en/tenants";
import { Button, buttonClass } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/Dialog";
import { Checkbox, TextField } from "../../ui/Field";
import { ErrorPanel, Notice, PageBody, PageHeader, PageSkeleton, Section, Skeleton } from "../../ui/Page";
import { toast } from "../../ui/Toast";
import { Unsaved } from "../../ui/Unsaved";
import { AddBinding } from "../admin/bindings/AddBinding";
import { BindingTable } from "../admin/bindings/BindingTable";
import { rowName } from "../../lib/rows";
import { adminPaths } from "../admin/paths";
import { Suspension } from "./Suspension";

export function OrganizationPage() {
  const { name = "" } = useParams({ strict: false }) as { name?: string };
  const query = useObject("Organization", {}, name);
  const projects = useAll("Project", { org: name }, { sort: "name" });
  const bindings = useAll("RoleBinding", { org: name });
  useWatch(["Organization", "Project", "RoleBinding"], { org: name });
  const { can } = usePermissions({ org: name });
  const [adding, setAdding] = useState(false);
  const title = query.data ? rowName(query.data) : name;
  useTitle(title);
  if (query.error)
    return (
      <PageBody>
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      </PageBody>
    );
  if (!query.data) return <PageSkeleton />;
  const add = can("role_binding.create") && (
    <Button icon={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {admin.bindings.add}
    </Button>
  );
  return (
    <PageBody>
      <PageHeader
        title={title}
        badges={<code className="text-muted">{name}</code>}
        description={query.data.metadata.description}
        actions={
          <>
            {can("organization.suspend") && <Suspension organization={query.data} />}
            <Link to={paths.admin({ org: name })} className={buttonClass("primary")}>
              {m.administer}
            </Link>
          </>
        }
      />
      {query.data.spec.suspended && <Notice tone="failed">{suspension.why(query.data.spec.suspended.reason)}</Notice>}
      <Section title={m.projects}>
        {projects.error && <ErrorPanel error={projects.error} onRetry={projects.refetch} />}
        {!projects.items && !projects.error && <Skeleton lines={2} />}
        {projects.items?.length === 0 && <p className="text-muted">{admin.projects.empty.title}</p>}
        {projects.items && projects.items.length > 0 && (
          <ul className="flex flex-wrap gap-2">
            {projects.items.map((project) => (
              <li key={project.metadata.uid}>
                <Link to={adminPaths.project({ org: name }, project.metadata.name)} className={buttonClass("secondary", "small")}>
                  {rowName(project)}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title={m.admins} actions={add}>
        <BindingTable id="organization-bindings" rows={bindings.items} error={bindings.error} onRetry={bindings.refetch} mayRemove={can("role_binding.delete")} hidePlace empty={admin.bindings.empty} />
      </Section>
      {can("organization.update") && (
        <Section title={m.settings}>
          <Settings key={query.data.metadata.uid} organization={query.data} mayDelete={can("organization.delete")} />
        </Section>
      )}
      <AddBinding open={adding} onClose={() => setAdding(false)} at={{ org: name }} fixed />
    </PageBody>
  );
}

function Settings({ organization, mayDelete }: { organization: Organization; mayDelete: boolean }) {
  const navigate = useNavigate();
  const { name } = organization.metadata;
  const [title, setTitle] = useState(organization.metadata.display_name ?? "");
  const [description, setDescription] = useState(organization.metadata.description ?? "");
  const [currency, setCurrency] = useState(organization.spec.currency);
  const before = organization.spec.sign_in?.require_second_factor ?? false;
  const [strict, setStrict] = useState(before);
  const [deleting, setDeleting] = useState(false);
  const update = useUpdate("Organization");
  const remove = useDelete("Organization");
  const changed = title !== (organization.metadata.display_name ?? "") || description !== (organization.metadata.description ?? "") || currency !== organization.spec.currency || strict !== before;
  return (
    <form
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ object: organization, metadata: { display_name: title, description }, spec: { ...organization.spec, currency, sign_in: { ...organization.spec.sign_in, require_second_factor: strict } } }, { onSuccess: () => toast(admin.common.saved) });
      }}
    >
      <Unsaved when={changed && !update.isPending && !remove.isPending && !remove.isSuccess} />
      <TextField label={admin.common.displayName} value={title} onChange={setTitle} />
      <TextField label={admin.common.description} optional value={description} onChange={setDescription} />
      <TextField label={m.currency} help={m.currencyHelp} value={currency} onChange={(value) => setCurrency(value.toUpperCase())} input={{ maxLength: 3, className: "max-w-24 font-mono" }} />
      <Checkbox label={m.secondFactor} help={m.secondFactorHelp} checked={strict} onChange={setStrict} />
      {update.error && <ErrorPanel error={update.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={update.isPending}>
          {admin.common.save}
        </Button>
        {mayDelete && (
          <Button variant="danger" onClick={() => setDeleting(true)}>
            {m.danger}
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={m.deleteTitle(name)}
        verb={m.danger}
        typeName={name}
        onConfirm={async () => {
          await remove.mutateAsync(organization);
          toast(admin.common.deleted(name));
          await navigate({ to: paths.operations() });
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </form>
  );
}
