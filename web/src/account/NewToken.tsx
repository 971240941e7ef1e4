// Makes a token and shows it once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import { ApiError } from "../api/error";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { Button } from "../ui/Button";
import { CodeBlock } from "../ui/CodeBlock";
import { Dialog } from "../ui/Dialog";
import { SelectField, TextField } from "../ui/Field";
import { ErrorPanel, Notice } from "../ui/Page";

const m = session.account;
const DAYS = [1, 7, 30, 90, 365];

export function NewToken({ open, onClose }: { open: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("30");
  const create = useMutation({
    mutationFn: () => api.post<{ token: string }>("/me/tokens", { name: name.trim(), expires_in_seconds: Number(days) * 86_400 }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
  const close = () => {
    setName("");
    create.reset();
    onClose();
  };
  if (create.data)
    return (
      <Dialog
        open={open}
        onClose={close}
        title={name}
        footer={
          <Button variant="primary" onClick={close}>
            {m.done}
          </Button>
        }
      >
        <Notice tone="waiting">{m.tokenOnce}</Notice>
        <CodeBlock code={create.data.token} label={m.tokens} />
        <p>{m.tokenUse}</p>
        <CodeBlock code={`echo ${create.data.token} | warpyard login ${new URL(".", document.baseURI).href} --token-stdin`} />
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title={m.newToken}
      description={m.tokensText}
      onSubmit={() => create.mutate()}
      footer={
        <>
          <Button onClick={close}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === ""}>
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
    </Dialog>
  );
}
