// A template of the organization's own: from a skeleton, or as a copy of another.
import { useObject } from "../../../api/hooks";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { studio } from "../../../messages/en/studio";
import { ErrorPanel, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { YamlForm } from "./YamlForm";
import { useCreateTemplate } from "./create";
import { type TemplateText, writeTemplate } from "./document";

const m = studio.templates;

/** The smallest service: what a template must say, to be written over. */
const SKELETON: TemplateText = {
  metadata: { name: "my-service", display_name: "My service", description: "" },
  spec: {
    target_type: "process",
    workload: "service",
    versions: [
      {
        version: "1.0.0",
        state: "draft",
        inputs: [{ name: "greeting", type: "text", label: "Greeting", default: "Hello" }],
        process: { requires: ["python3"], command: ["python3", "-m", "http.server", "8000", "--bind", "127.0.0.1"] },
        endpoints: [{ name: "web", title: "Open", port: 8000, access: "owner" }],
        readiness: { endpoint: "web", path: "/", timeout_seconds: 30 },
      },
    ],
  },
};

export function NewTemplate() {
  useTitle(m.new);
  const scope = useProjectScope();
  const send = useCreateTemplate(scope);
  const [search] = useSearchState<"copy">();
  const copied = useObject("EnvironmentTemplate", {}, search.copy ?? "", { enabled: search.copy !== undefined });
  // A copy starts as a draft of its newest version, so that it can be changed.
  const start = copied.data
    ? writeTemplate({ metadata: copied.data.metadata, spec: { ...copied.data.spec, versions: copied.data.spec.versions.slice(-1).map((version) => ({ ...version, state: "draft" as const })) } })
    : writeTemplate(SKELETON);
  return (
    <PageBody full>
      <PageHeader title={search.copy ? m.copyOf(search.copy) : m.new} description={m.text} />
      {copied.error && <ErrorPanel error={copied.error} />}
      {search.copy && !copied.data ? !copied.error && <Skeleton lines={12} /> : <YamlForm key={search.copy ?? ""} start={start} send={send} verb={m.create} isNew />}
    </PageBody>
  );
}
