// A launched instance: its header, and tabs that stand in the address.
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, Suspense, lazy } from "react";
import { ApiError } from "../../../api/error";
import { useObject } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import type { ComputeInstance, Instance, ServiceInstance } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { useWorkspaceScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { buttonClass } from "../../../ui/Button";
import { EmptyState, ErrorPanel, PageBody, PageSkeleton, Skeleton } from "../../../ui/Page";
import { type TabLink, Tabs } from "../../../ui/Tabs";
import { NotFound } from "../../../shell/NotFound";
import { AccessTab } from "./AccessTab";
import { EventsTab } from "./EventsTab";
import { Header } from "./Header";
import { InputsTab } from "./InputsTab";
import { UpdateBanner } from "./change/UpdateBanner";
import { ComputeOverview, ServiceOverview } from "./Overview";

const LogsTab = lazy(() => import("./LogsTab").then((module) => ({ default: module.LogsTab })));
const TerminalTab = lazy(() => import("./TerminalTab").then((module) => ({ default: module.TerminalTab })));
const MetricsTab = lazy(() => import("./MetricsTab").then((module) => ({ default: module.MetricsTab })));

const m = hub.instance;
type Tab = keyof typeof m.tabs;

function usePlace() {
  const scope = useWorkspaceScope();
  const params = useParams({ strict: false }) as { name?: string; tab?: string };
  return { scope, name: params.name ?? "", tab: params.tab ?? "overview" };
}

export function ServiceInstancePage() {
  const { scope, name, tab } = usePlace();
  const query = useObject("ServiceInstance", scope, name);
  useWatch(["ServiceInstance"], scope);
  const { can } = usePermissions(scope);
  const tabs: Tab[] = ["overview"];
  if (can("service_instance.logs")) tabs.push("logs");
  if (can("service_instance.exec")) tabs.push("terminal");
  tabs.push("metrics", "inputs", "events", "access");
  return (
    <Frame kind="ServiceInstance" name={name} tab={tab} tabs={tabs} instance={query.data} error={query.error} retry={() => void query.refetch()}>
      {query.data && <ServiceTab tab={tab as Tab} instance={query.data} />}
    </Frame>
  );
}

function ServiceTab({ tab, instance }: { tab: Tab; instance: ServiceInstance }) {
  switch (tab) {
    case "overview":
      return <ServiceOverview instance={instance} />;
    case "logs":
      return <LogsTab instance={instance} />;
    case "terminal":
      return <TerminalTab instance={instance} />;
    case "metrics":
      return <MetricsTab instance={instance} />;
    case "inputs":
      return <InputsTab instance={instance} />;
    case "events":
      return <EventsTab instance={instance} />;
    case "access":
      return <AccessTab instance={instance} />;
    default:
      return <NotFound />;
  }
}

export function ComputeInstancePage() {
  const { scope, name, tab } = usePlace();
  const query = useObject("ComputeInstance", scope, name);
  useWatch(["ComputeInstance"], scope);
  return (
    <Frame kind="ComputeInstance" name={name} tab={tab} tabs={["overview", "inputs", "events"]} instance={query.data} error={query.error} retry={() => void query.refetch()}>
      {query.data && <ComputeTab tab={tab as Tab} instance={query.data} />}
    </Frame>
  );
}

function ComputeTab({ tab, instance }: { tab: Tab; instance: ComputeInstance }) {
  switch (tab) {
    case "overview":
      return <ComputeOverview instance={instance} />;
    case "inputs":
      return <InputsTab instance={instance} />;
    case "events":
      return <EventsTab instance={instance} />;
    default:
      return <NotFound />;
  }
}

function Frame({
  kind,
  name,
  tab,
  tabs,
  instance,
  error,
  retry,
  children,
}: {
  kind: "ComputeInstance" | "ServiceInstance";
  name: string;
  tab: string;
  tabs: Tab[];
  instance: Instance | undefined;
  error: unknown;
  retry: () => void;
  children: ReactNode;
}) {
  const scope = useWorkspaceScope();
  useTitle(instance?.metadata.display_name || name);
  if (error instanceof ApiError && error.status === 404)
    return (
      <PageBody>
        <EmptyState
          title={m.gone}
          action={
            <Link to={paths.workspace(scope)} className={buttonClass()}>
              {m.back}
            </Link>
          }
        >
          {instance ? m.goneText : error.message}
        </EmptyState>
      </PageBody>
    );
  if (!instance)
    return error ? (
      <PageBody>
        <ErrorPanel error={error} onRetry={retry} />
      </PageBody>
    ) : (
      <PageSkeleton />
    );
  const links: TabLink[] = tabs.map((one) => ({ to: paths.instance(kind, scope, name, one === "overview" ? undefined : one), label: m.tabs[one] }));
  return (
    <PageBody full={tab === "logs" || tab === "terminal"}>
      <Header instance={instance} />
      <UpdateBanner instance={instance} />
      <Tabs tabs={links} label={m.tabsLabel} />
      <Suspense fallback={<Skeleton lines={6} />}>{children}</Suspense>
    </PageBody>
  );
}
