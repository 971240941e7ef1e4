// Studio at a glance: what exists, what waits, what runs and where, what is launched and fails, and who changed what.
import { Link } from "@tanstack/react-router";
import { useAll } from "../../../api/all";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { studio } from "../../../messages/en/studio";
import { studioHome as home } from "../../../messages/en/studio-home";
import { buttonClass } from "../../../ui/Button";
import { ErrorPanel, PageBody, PageHeader, Section, Skeleton } from "../../../ui/Page";
import { Segmented } from "../../../ui/Tabs";
import { studioPaths } from "../paths";
import { useInstancesOf, useProfiles } from "../profiles/rows";
import { Approvals } from "../approvals/Approvals";
import { FirstHour } from "./FirstHour";
import { Changes, Drafts, Failing, Launched, Running, Where } from "./Lists";
import { Picture } from "./Picture";
import { type StepId, firstHour } from "./first-hour";
import { useOverview } from "./overview";

const m = studio.home;

export function Home() {
  useTitle(m.title);
  const scope = useProjectScope();
  const { can, isLoading } = usePermissions(scope);
  const seesInstances = can("compute_instance.view") || can("service_instance.view");
  const [search, setSearch] = useSearchState<"in">();
  const everywhere = search.in === "all";
  const overview = useOverview(scope, everywhere);
  const figures = overview.data;
  const profiles = useProfiles(scope);
  const instances = useInstancesOf(scope.org, seesInstances);
  const bindings = useAll("RoleBinding", { org: scope.org }, { deep: true }, { enabled: can("role_binding.view") });
  const rows = profiles.rows ?? [];
  const settled = profiles.rows !== undefined && !isLoading && (!seesInstances || instances.rows !== undefined);
  const steps = firstHour(rows, instances.rows ?? [], bindings.items ?? []);
  const unseen: StepId[] = [...(seesInstances ? [] : (["instance"] as const)), ...(seesInstances && can("role_binding.view") ? [] : (["launch"] as const))];
  const quick: [string, string, object?][] = [
    ...(can("compute_profile.publish") ? [[m.launchSystem, studioPaths.systemProfiles(scope)] as [string, string]] : []),
    ...(can("compute_profile.create") ? [[m.newCompute, studioPaths.newProfile(scope, "ComputeProfile")] as [string, string]] : []),
    ...(can("service_profile.create") ? [[m.newService, studioPaths.newProfile(scope, "ServiceProfile")] as [string, string]] : []),
    ...(can("compute_instance.create") ? [[m.createCompute, studioPaths.createCompute(scope)] as [string, string]] : []),
  ];
  return (
    <PageBody>
      <PageHeader
        title={m.title}
        description={m.text}
        actions={
          <Segmented
            label={home.where}
            value={everywhere ? "all" : "project"}
            onChange={(next) => setSearch({ in: next === "all" ? "all" : "" })}
            options={[
              { value: "project", label: home.thisProject },
              { value: "all", label: home.everywhere },
            ]}
          />
        }
      />
      {profiles.error && <ErrorPanel error={profiles.error} onRetry={profiles.refetch} />}
      {settled && steps.some((step) => !step.done && !unseen.includes(step.id)) && <FirstHour steps={steps} scope={scope} unseen={unseen} />}
      {overview.error && <ErrorPanel error={overview.error} onRetry={() => void overview.refetch()} />}
      {!figures && !overview.error && <Skeleton lines={4} />}
      {figures && <Picture overview={figures} scope={scope} seesInstances={seesInstances} />}
      <Approvals rows={rows} scope={scope} />
      {quick.length > 0 && (
        <Section title={m.quick}>
          <div className="flex flex-wrap gap-2">
            {quick.map(([label, to]) => (
              <Link key={label} to={to} className={buttonClass()}>
                {label}
              </Link>
            ))}
          </div>
        </Section>
      )}
      {figures && (
        <div className="grid items-start gap-8 lg:grid-cols-2">
          <Running overview={figures} scope={scope} opens={seesInstances} />
          <Where overview={figures} scope={scope} opens={can("target.view")} />
          <Launched overview={figures} scope={scope} />
          <Failing overview={figures} scope={scope} />
          <Drafts overview={figures} scope={scope} />
          <Changes overview={figures} scope={scope} trail={can("audit_entry.view")} />
        </div>
      )}
    </PageBody>
  );
}
