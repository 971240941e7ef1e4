// One person: how they sign in and which roles they have.
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { api } from "../../../api/client";
import { useDelete, useObject, useUpdate } from "../../../api/hooks";
import { useWatch } from "../../../api/live";
import { useMe, usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { admin as m } from "../../../messages/en/admin";
import { Button } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/Dialog";
import { KeyValue } from "../../../ui/KeyValue";
import { MoreMenu } from "../../../ui/Menu";
import { ErrorPanel, PageBody, PageHeader, PageSkeleton, Section } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { AddBinding } from "../bindings/AddBinding";
import { BindingTable } from "../bindings/BindingTable";
import { rowName } from "../../../lib/rows";
import { adminPaths } from "../paths";
import { SignInLink } from "./SignInLink";
import { UserState } from "./state";

type Open = "link" | "factors" | "deactivate" | "delete" | "binding" | undefined;

export function UserPage() {
  const { org = "", name = "" } = useParams({ strict: false }) as { org?: string; name?: string };
  const navigate = useNavigate();
  const me = useMe();
  const user = useObject("User", {}, name);
  const bindings = useAll("RoleBinding", {}, { deep: true });
  useWatch(["User", "RoleBinding"], {});
  const { can } = usePermissions({});
  const here = usePermissions({ org });
  const update = useUpdate("User");
  const remove = useDelete("User");
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const title = user.data ? rowName(user.data) : name;
  useTitle(title);
  if (user.error)
    return (
      <PageBody>
        <ErrorPanel error={user.error} onRetry={() => void user.refetch()} />
      </PageBody>
    );
  if (!user.data) return <PageSkeleton />;
  const { spec, status, metadata } = user.data;
  const self = me?.user.name === name;
  const setActive = (active: boolean) => update.mutateAsync({ object: user.data, spec: { ...spec, active } });
  const mine = bindings.items?.filter((row) => row.spec.user === name);
  const entries = [
    ...(can("user.set_password") && status.has_second_factor ? [{ label: m.users.resetFactors, onSelect: () => setOpen("factors") }] : []),
    ...(can("user.delete") && !self ? [{ label: m.common.delete, danger: true, onSelect: () => setOpen("delete") }] : []),
  ];
  return (
    <PageBody>
      <PageHeader
        title={title}
        badges={<UserState user={user.data} />}
        description={<code>{name}</code>}
        actions={
          <>
            {can("user.set_password") && <Button onClick={() => setOpen("link")}>{m.users.link}</Button>}
            {can("user.update") &&
              !self &&
              (spec.active ? (
                <Button variant="danger" onClick={() => setOpen("deactivate")}>
                  {m.users.deactivate}
                </Button>
              ) : (
                <Button busy={update.isPending} onClick={() => void setActive(true).then(() => toast(m.users.activated(title)), () => undefined)}>
                  {m.users.activate}
                </Button>
              ))}
            {entries.length > 0 && <MoreMenu entries={entries} />}
          </>
        }
      />
      {update.error && <ErrorPanel error={update.error} />}
      <KeyValue
        entries={[
          { label: m.users.email, value: spec.email },
          { label: m.users.passwordSet, value: status.has_password ? m.users.set : m.users.notSet },
          { label: m.users.secondFactor, value: status.has_second_factor ? m.users.set : m.users.notSet },
          { label: m.users.lastSignIn, value: status.last_signed_in_at ? <RelativeTime at={status.last_signed_in_at} /> : m.users.never },
          { label: m.common.created, value: <RelativeTime at={metadata.created_at} /> },
        ]}
      />
      <Section title={m.users.bindings} actions={here.can("role_binding.create") && <Button onClick={() => setOpen("binding")}>{m.bindings.add}</Button>}>
        <BindingTable id="user-bindings" rows={mine} error={bindings.error} onRetry={bindings.refetch} hidePerson mayRemove={here.can("role_binding.delete")} empty={m.bindings.empty} />
      </Section>
      {open === "link" && <SignInLink name={name} title={title} onClose={close} />}
      <AddBinding open={open === "binding"} onClose={close} at={{ org }} user={name} />
      <ConfirmDialog
        open={open === "factors"}
        onClose={close}
        title={m.users.resetFactorsTitle(title)}
        verb={m.users.resetFactorsVerb}
        onConfirm={async () => {
          await api.post(`/users/${encodeURIComponent(name)}/reset-second-factors`, {});
          await user.refetch();
          toast(m.users.factorsReset(title));
        }}
      >
        <p>{m.users.resetFactorsText}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "deactivate"}
        onClose={close}
        title={m.users.deactivateTitle(title)}
        verb={m.users.deactivate}
        onConfirm={async () => {
          await setActive(false);
          toast(m.users.deactivated(title));
        }}
      >
        <p>{m.users.deactivateText}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "delete"}
        onClose={close}
        title={m.users.deleteTitle(title)}
        verb={m.common.delete}
        typeName={name}
        onConfirm={async () => {
          await remove.mutateAsync(user.data);
          toast(m.common.deleted(title));
          await navigate({ to: adminPaths.users({ org }) });
        }}
      >
        <p>{m.users.deleteText}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
