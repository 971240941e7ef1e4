// Makes a token and shows it once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField, TextField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { ShownToken } from "./ShownToken";
import { type Reach, TokenReach, isIncomplete } from "./TokenReach";

const m = session.account;
const DAYS = [1, 7, 30, 90, 365];

export function NewToken({ open, onClose, path, queryKey }: { open: boolean; onClose: () => void; path: string; queryKey: readonly unknown[] }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("30");
  const [reach, setReach] = useState<Reach>({});
  const create = useMutation({
    mutationFn: () => api.post<{ token: string }>(path, { name: name.trim(), expires_in_seconds: Number(days) * 86_400, ...reach }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const close = () => {
    setName("");
    setReach({});
    create.reset();
    onClose();
  };
  if (create.data) return <ShownToken open={open} name={name} token={create.data.token} onClose={close} />;
  return (
    <Dialog
      wide={reach.scopes !== undefined}
      open={open}
      onClose={close}
      title={m.newToken}
      description={m.tokensText}
      onSubmit={() => create.mutate()}
      footer={
        <>
          <Button onClick={close}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === "" || isIncomplete(reach)}>
            {m.create}
          </Button>
        </>
      }
    >
      {create.error && <ErrorPanel error={create.error} />}
      <TextField
        label={m.tokenName}
        value={name}
        onChange={setName}
        error={create.error instanceof ApiError ? create.error.field("name") : undefined}
        input={{ autoFocus: true, placeholder: "laptop", autoComplete: "off" }}
      />
      <SelectField label={m.expires} value={days} onChange={setDays} options={DAYS.map((d) => ({ value: String(d), label: m.days(d) }))} />
      <TokenReach reach={reach} onChange={setReach} error={create.error instanceof ApiError ? create.error.fields.find((field) => field.path.startsWith("places"))?.message : undefined} />
    </Dialog>
  );
}
