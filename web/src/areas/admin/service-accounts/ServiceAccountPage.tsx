// One service account: whether it works, its tokens and its roles.
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useDelete, useObject, useUpdate } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { TokenList } from "../../../account/TokenList";
import { rowName } from "../../../lib/rows";
import { admin } from "../../../messages/en/admin";
import { serviceAccounts as m } from "../../../messages/en/service-accounts";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { KeyValue } from "../../../ui/KeyValue";
import { MoreMenu } from "../../../ui/Menu";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton, Section } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { AddBinding } from "../bindings/AddBinding";
import { BindingTable } from "../bindings/BindingTable";
import { adminPaths } from "../paths";
import { AccountDialog } from "./AccountDialog";
import { AccountState } from "./ServiceAccounts";

type Open = "edit" | "deactivate" | "delete" | "binding" | undefined;

export function ServiceAccountPage() {
  const { org = "", name = "" } = useParams({ strict: false }) as { org?: string; name?: string };
  const navigate = useNavigate();
  const account = useObject("ServiceAccount", { org }, name);
  const bindings = useAll("RoleBinding", { org }, { deep: true });
  useWatch(["ServiceAccount", "RoleBinding"], { org });
  const { can } = usePermissions({ org });
  const update = useUpdate("ServiceAccount");
  const remove = useDelete("ServiceAccount");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const title = account.data ? rowName(account.data) : name;
  useTitle(title);
  if (account.error)
    return (
      <PageBody>
        <ErrorPanel error={account.error} onRetry={() => void account.refetch()} />
      </PageBody>
    );
  if (!account.data) return <PageSkeleton />;
  const { spec, metadata } = account.data;
  const mayChange = can("service_account.update");
  const setActive = (active: boolean) => update.mutateAsync({ object: account.data, spec: { ...spec, active } });
  const entries = [
    ...(mayChange ? [{ label: m.editDo, onSelect: () => setOpen("edit") }] : []),
    ...(can("service_account.delete") ? [{ label: m.delete, danger: true, onSelect: () => setOpen("delete") }] : []),
  ];
  return (
    <PageBody>
      <PageHeader
        title={title}
        badges={<AccountState account={account.data} />}
        description={metadata.description || <code>{name}</code>}
        actions={
          <>
            {mayChange &&
              (spec.active ? (
                <Button variant="danger" onClick={() => setOpen("deactivate")}>
                  {m.deactivate}
                </Button>
              ) : (
                <Button busy={update.isPending} onClick={() => void setActive(true).catch(() => undefined)}>
                  {m.activate}
                </Button>
              ))}
            {entries.length > 0 && <MoreMenu entries={entries} />}
          </>
        }
      />
      {update.error && <ErrorPanel error={update.error} />}
      <KeyValue
        entries={[
          { label: m.made, value: <RelativeTime at={metadata.created_at} /> },
          { label: m.by, value: metadata.created_by },
          { label: m.identity, value: <code>{`sa-${name}-${metadata.uid.slice(-8)}`}</code> },
        ]}
      />
      <TokenList path={`/orgs/${encodeURIComponent(org)}/service-accounts/${encodeURIComponent(name)}/tokens`} queryKey={["service-account-tokens", org, name, spec.active]} text={m.tokensText} mayChange={mayChange && spec.active} />
      <Section title={m.bindings} actions={can("role_binding.create") && <Button onClick={() => setOpen("binding")}>{admin.bindings.add}</Button>}>
        <BindingTable
          id="service-account-bindings"
          rows={bindings.items?.filter((row) => row.spec.service_account === name)}
          error={bindings.error}
          onRetry={bindings.refetch}
          mayRemove={can("role_binding.delete")}
          hidePerson
          empty={m.noBindings}
        />
      </Section>
      {open === "edit" && <AccountDialog org={org} account={account.data} onClose={close} />}
      <AddBinding open={open === "binding"} onClose={close} at={{ org }} serviceAccount={name} />
      <ConfirmDialog
        open={open === "deactivate"}
        onClose={close}
        title={m.deactivateTitle(title)}
        verb={m.deactivate}
        onConfirm={async () => {
          await setActive(false);
        }}
      >
        <p>{m.deactivateText}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "delete"}
        onClose={close}
        title={m.deleteTitle(title)}
        verb={m.deleteDo}
        onConfirm={async () => {
          await remove.mutateAsync(account.data);
          toast(admin.common.deleted(title));
          await navigate({ to: adminPaths.serviceAccounts({ org }) });
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
