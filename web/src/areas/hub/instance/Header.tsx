// Name, state and time running; what may be done, with what would be lost.
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowRightLeft, CopyPlus, Pencil, Play, RotateCcw, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { scopeOf } from "../../../api/kinds";
import { messageOf } from "../../../api/error";
import { usePermissions } from "../../../api/session";
import type { Instance, ServiceInstance } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu, type MenuEntry } from "../../../ui/Menu";
import { PageHeader } from "../../../ui/Page";
import { PhaseBadge } from "../../../ui/StateBadge";
import { Since } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { type InstanceAction, allows, usePerform } from "../instances/actions";
import { instanceTitle } from "../instances/columns";
import { duplicateSearch } from "../launch/start";
import { OpenButtons } from "./OpenButtons";
import { Rename } from "./Rename";
import { Transfer } from "./Transfer";

const m = hub.instance;

export function isService(instance: Instance): instance is ServiceInstance {
  return instance.kind === "ServiceInstance";
}

export function Header({ instance }: { instance: Instance }) {
  const scope = scopeOf(instance.metadata);
  const { can } = usePermissions(scope);
  const perform = usePerform();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"stop" | "delete">();
  const [transferring, setTransferring] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [busy, setBusy] = useState<InstanceAction>();
  const title = instanceTitle(instance);
  const service = isService(instance) ? instance : undefined;

  const run = async (action: InstanceAction) => {
    setBusy(action);
    try {
      await perform(instance, action);
    } finally {
      setBusy(undefined);
    }
  };
  const runNow = (action: InstanceAction) => void run(action).catch((error: unknown) => toast(messageOf(error), "failed"));
  const kind = service ? "service_instance" : "compute_instance";
  const profileKind = service ? "ServiceProfile" : "ComputeProfile";
  const more: MenuEntry[] = [];
  if (can(`${kind}.create`))
    more.push({
      label: m.duplicate,
      icon: <CopyPlus size={16} aria-hidden />,
      onSelect: () => void navigate({ to: paths.launch(scope, profileKind, instance.spec.profile.name), search: duplicateSearch(instance, scope) as never }),
    });
  if (can(`${kind}.update`)) more.push({ label: `${m.rename}…`, icon: <Pencil size={16} aria-hidden />, onSelect: () => setRenaming(true) });
  if (can(`${kind}.transfer`)) more.push({ label: m.transfer.menu, icon: <ArrowRightLeft size={16} aria-hidden />, onSelect: () => setTransferring(true) });
  if (allows(instance, "delete", can)) more.push({ label: `${hub.instances.delete}…`, icon: <Trash2 size={16} aria-hidden />, danger: true, onSelect: () => setAsking("delete") });
  return (
    <>
      <PageHeader
        title={title}
        badges={
          <>
            <span role="status" aria-live="polite">
              <PhaseBadge phase={instance.status.phase} />
            </span>
            {instance.metadata.display_name && <code className="text-muted">{instance.metadata.name}</code>}
          </>
        }
        description={
          <>
            <Link to={paths.workspace(scope)} className="rounded-sm hover:underline">
              {scope.workspace}
            </Link>
            {" · "}
            {instance.spec.profile.name}
            {instance.status.phase === "running" && instance.status.running_since && (
              <>
                {" · "}
                {m.runningFor} <Since at={instance.status.running_since} />
              </>
            )}
          </>
        }
        actions={
          <>
            {service && <OpenButtons instance={service} />}
            {allows(instance, "start", can) && (
              <Button busy={busy === "start"} icon={<Play size={14} aria-hidden />} onClick={() => runNow("start")}>
                {hub.instances.start}
              </Button>
            )}
            {allows(instance, "retry", can) && (
              <Button variant="primary" busy={busy === "retry"} icon={<RotateCcw size={14} aria-hidden />} onClick={() => runNow("retry")}>
                {hub.instances.retry}
              </Button>
            )}
            {allows(instance, "stop", can) && (
              <Button busy={busy === "stop"} icon={<Square size={14} aria-hidden />} onClick={() => setAsking("stop")}>
                {hub.instances.stop}
              </Button>
            )}
            {more.length > 0 && <MoreMenu entries={more} />}
          </>
        }
      />
      {transferring && <Transfer instance={instance} onClose={() => setTransferring(false)} />}
      {renaming && <Rename instance={instance} onClose={() => setRenaming(false)} />}
      <ConfirmDialog open={asking === "stop"} onClose={() => setAsking(undefined)} title={m.stopTitle(title)} verb={hub.instances.stop} danger={false} onConfirm={() => run("stop")}>
        {m.stopText}
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "delete"}
        onClose={() => setAsking(undefined)}
        title={m.deleteTitle(title)}
        verb={hub.instances.delete}
        {...(service ? {} : { typeName: instance.metadata.name })}
        onConfirm={async () => {
          await run("delete");
          await navigate({ to: paths.workspace(scope) });
        }}
      >
        <p>{service ? m.deleteService : m.deleteCompute}</p>
        {service?.spec.owns_compute && service.spec.compute && <p>{m.deleteWithCompute(service.spec.compute)}</p>}
        <p>{m.deleteForEver}</p>
      </ConfirmDialog>
    </>
  );
}
