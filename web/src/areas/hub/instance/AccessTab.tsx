// Who may open the endpoints, and who is in the workspace.
import { Link } from "@tanstack/react-router";
import { scopeOf } from "../../../api/kinds";
import type { ServiceInstance } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { buttonClass } from "../../../ui/Button";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Page";

const m = hub.instance;

export function AccessTab({ instance }: { instance: ServiceInstance }) {
  const endpoints = instance.status.endpoints ?? [];
  const scope = scopeOf(instance.metadata);
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
      {endpoints.length === 0 ? (
        <p className="text-muted">{m.noEndpoints}</p>
      ) : (
        <KeyValue
          entries={[
            { label: m.owner, value: instance.spec.owner ?? instance.metadata.created_by },
            ...endpoints.map((endpoint) => ({ label: endpoint.title, value: ui.access[endpoint.access] })),
          ]}
        />
      )}
    </Section>
  );
}
