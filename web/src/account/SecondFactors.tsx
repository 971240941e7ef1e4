// Authenticator apps, passkeys and recovery codes of the signed-in person.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Smartphone } from "lucide-react";
import { useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import type { Factor, MySecondFactors, RecoveryCodes } from "../api/types-people";
import { useTitle } from "../lib/hooks";
import { passkeysWork } from "../lib/webauthn";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { PasswordField } from "../session/PasswordField";
import { Button } from "../ui/Button";
import { type Column, DataTable } from "../ui/DataTable";
import { Dialog } from "../ui/Dialog";
import { ErrorPanel, Notice, Section } from "../ui/Page";
import { RelativeTime } from "../ui/Time";
import { toast } from "../ui/Toast";
import { AddPasskey } from "./AddPasskey";
import { AddTotp } from "./AddTotp";
import { ShownCodes } from "./ShownCodes";

const m = session.account.factors;

type Open = { what: "totp" | "passkey" | "codes" } | { what: "remove"; factor: Factor };

const COLUMNS: Column<Factor>[] = [
  { id: "name", header: m.columns.name, primary: true, cell: (row) => row.name, sortValue: (row) => row.name },
  { id: "type", header: m.columns.type, cell: (row) => m.type[row.type] },
  { id: "created", header: m.columns.created, cell: (row) => <RelativeTime at={row.created_at} />, sortValue: (row) => row.created_at },
  {
    id: "used",
    header: m.columns.used,
    cell: (row) => (row.last_used_at ? <RelativeTime at={row.last_used_at} /> : <span className="text-muted">{session.account.never}</span>),
    sortValue: (row) => row.last_used_at,
  },
];

export function SecondFactors() {
  useTitle(m.title);
  const client = useQueryClient();
  const factors = useQuery({ queryKey: ["me", "second-factors"], queryFn: () => api.get<MySecondFactors>("/me/second-factors") });
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const changed = () => client.invalidateQueries({ queryKey: ["me", "second-factors"] });
  const asksPassword = factors.data?.has_password ?? true;
  const passkeys = (factors.data?.passkeys_available ?? false) && passkeysWork();
  return (
    <div className="flex flex-col gap-8">
      <Section
        title={m.title}
        description={m.text}
        actions={
          <>
            {passkeys && (
              <Button icon={<KeyRound size={16} aria-hidden />} onClick={() => setOpen({ what: "passkey" })}>
                {m.addPasskey}
              </Button>
            )}
            <Button variant="primary" icon={<Smartphone size={16} aria-hidden />} onClick={() => setOpen({ what: "totp" })}>
              {m.addTotp}
            </Button>
          </>
        }
      >
        {factors.data && !passkeys && <Notice>{m.noPasskeys}</Notice>}
        <DataTable
          id="second-factors"
          label={m.title}
          columns={COLUMNS}
          rows={factors.data?.items}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          error={factors.error}
          onRetry={() => void factors.refetch()}
          rowActions={(row) => (
            <Button size="small" variant="quiet-danger" onClick={() => setOpen({ what: "remove", factor: row })}>
              {m.remove}
            </Button>
          )}
          empty={{ title: m.empty, text: m.emptyText }}
        />
      </Section>
      {factors.data && factors.data.items.length > 0 && (
        <Section title={m.recovery} description={m.recoveryText} actions={<Button onClick={() => setOpen({ what: "codes" })}>{m.recoveryMake}</Button>}>
          {factors.data.recovery_codes_left > 2 ? (
            <p>{m.recoveryLeft(factors.data.recovery_codes_left)}</p>
          ) : (
            <Notice tone="waiting">{m.recoveryLeft(factors.data.recovery_codes_left)}</Notice>
          )}
        </Section>
      )}
      {open?.what === "totp" && <AddTotp asksPassword={asksPassword} onChanged={changed} onClose={close} />}
      {open?.what === "passkey" && <AddPasskey asksPassword={asksPassword} onChanged={changed} onClose={close} />}
      {open?.what === "codes" && <NewCodes asksPassword={asksPassword} onChanged={changed} onClose={close} />}
      {open?.what === "remove" && <Remove factor={open.factor} asksPassword={asksPassword} onChanged={changed} onClose={close} />}
    </div>
  );
}

interface Confirmed {
  asksPassword: boolean;
  onChanged: () => Promise<void>;
  onClose: () => void;
}

function NewCodes({ asksPassword, onChanged, onClose }: Confirmed) {
  const [password, setPassword] = useState("");
  const make = useMutation({
    mutationFn: () => api.post<RecoveryCodes>("/me/recovery-codes", { current_password: password }),
    onSuccess: onChanged,
  });
  if (make.data?.recovery_codes) return <ShownCodes codes={make.data.recovery_codes} onClose={onClose} />;
  const atField = make.error instanceof ApiError ? make.error.field("current_password") : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.recoveryMake}
      description={m.recoveryMakeText}
      onSubmit={() => make.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={make.isPending}>
            {m.recoveryMake}
          </Button>
        </>
      }
    >
      {make.error && !atField && <ErrorPanel error={make.error} />}
      {asksPassword && (
        <PasswordField label={m.confirmPassword} value={password} onChange={setPassword} autoComplete="current-password" {...(atField ? { error: atField } : {})} />
      )}
    </Dialog>
  );
}

function Remove({ factor, asksPassword, onChanged, onClose }: Confirmed & { factor: Factor }) {
  const [password, setPassword] = useState("");
  const remove = useMutation({
    mutationFn: () => api.post(`/me/second-factors/${encodeURIComponent(factor.id)}/remove`, { current_password: password }),
    onSuccess: async () => {
      await onChanged();
      toast(m.removed(factor.name));
      onClose();
    },
  });
  const atField = remove.error instanceof ApiError ? remove.error.field("current_password") : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.removeTitle(factor.name)}
      description={m.removeText}
      onSubmit={() => remove.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="danger" busy={remove.isPending}>
            {m.remove}
          </Button>
        </>
      }
    >
      {remove.error && !atField && <ErrorPanel error={remove.error} />}
      {asksPassword && (
        <PasswordField label={m.confirmPassword} value={password} onChange={setPassword} autoComplete="current-password" {...(atField ? { error: atField } : {})} />
      )}
    </Dialog>
  );
}
