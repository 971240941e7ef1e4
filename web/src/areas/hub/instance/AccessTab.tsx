// Who may open the endpoints, and who is in the workspace. The owner opens an endpoint to others here.
import { Link } from "@tanstack/react-router";
import { useUpdate } from "../../../api/hooks";
import { scopeOf } from "../../../api/kinds";
import { useMe, usePermissions } from "../../../api/session";
import type { EndpointAccess, EndpointStatus, ServiceInstance, ServiceInstanceSpec } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { buttonClass } from "../../../ui/Button";
import { SelectField } from "../../../ui/Field";
import { KeyValue } from "../../../ui/KeyValue";
import { ErrorPanel, Section } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";

const m = hub.instance;
const WIDTHS: EndpointAccess[] = ["owner", "workspace", "project"];

/** What an endpoint may be opened to: from nobody else up to what its template and profile allow. */
export function choicesOf(share: EndpointAccess): EndpointAccess[] {
  return WIDTHS.slice(0, WIDTHS.indexOf(share) + 1);
}

export function AccessTab({ instance }: { instance: ServiceInstance }) {
  const endpoints = instance.status.endpoints ?? [];
  const scope = scopeOf(instance.metadata);
  const me = useMe()?.user.name;
  const { can } = usePermissions(scope);
  const owner = instance.spec.owner ?? instance.metadata.created_by;
  const shares = owner === me && can("service_instance.update");
  return (
    <Section
      title={m.tabs.access}
      description={m.accessText}
      actions={
        <Link to={paths.workspace(scope, "collaborators")} className={buttonClass()}>
          {m.collaborators}
        </Link>
      }
    >
      <KeyValue entries={[{ label: m.owner, value: owner }]} />
      {endpoints.length === 0 ? (
        <p className="text-muted">{m.noEndpoints}</p>
      ) : (
        <div className="flex max-w-md flex-col gap-5">
          {endpoints.map((endpoint) => (
            <Share key={endpoint.name} instance={instance} endpoint={endpoint} editable={shares} />
          ))}
        </div>
      )}
    </Section>
  );
}

function Share({ instance, endpoint, editable }: { instance: ServiceInstance; endpoint: EndpointStatus; editable: boolean }) {
  const update = useUpdate("ServiceInstance");
  const choices = choicesOf(endpoint.share);
  if (!editable || choices.length < 2)
    return <KeyValue entries={[{ label: endpoint.title, value: <>{ui.access[endpoint.access]}{editable && <span className="block text-12 text-muted">{m.share.fixed}</span>}</> }]} />;
  const { spec } = instance;
  const asked = update.isPending ? (update.variables.spec as ServiceInstanceSpec).access?.[endpoint.name] : undefined;
  return (
    <>
      {update.error && <ErrorPanel error={update.error} />}
      <SelectField
        label={endpoint.title}
        help={m.share.help}
        value={asked ?? spec.access?.[endpoint.name] ?? endpoint.usual}
        disabled={update.isPending}
        options={choices.map((one) => ({ value: one, label: ui.access[one] }))}
        onChange={(access) => {
          const opened: ServiceInstanceSpec = { ...spec, access: { ...spec.access, [endpoint.name]: access as EndpointAccess } };
          update.mutate({ object: instance, spec: opened }, { onSuccess: () => toast(m.share.done(endpoint.title, ui.access[access as EndpointAccess])) });
        }}
      />
    </>
  );
}
