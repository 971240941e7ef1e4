// The provider's way to write people and groups: its address and its token, which is shown once.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { itemPath } from "../../../api/kinds";
import type { ScimState } from "../../../api/types-providers";
import { providers } from "../../../messages/en/providers";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { ConfirmDialog } from "../../../ui/Dialog";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { RelativeTime } from "../../../ui/Time";

const m = providers.scim;

export function ScimToken({ org, name }: { org: string; name: string }) {
  const path = `${itemPath("IdentityProvider", { org }, name)}/scim-token`;
  const client = useQueryClient();
  const key = ["scim", org, name];
  const state = useQuery({ queryKey: key, queryFn: () => api.get<ScimState>(path) });
  const make = useMutation({ mutationFn: () => api.post<{ secret: string }>(path, {}), onSuccess: () => client.invalidateQueries({ queryKey: key }) });
  const [asking, setAsking] = useState<"rotate" | "end">();
  const token = state.data?.token;
  return (
    <section aria-label={m.title} className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="font-medium">{m.title}</h3>
      <p className="text-12 text-muted">{m.text}</p>
      {state.data && (
        <p className="flex items-center gap-2">
          <code className="break-all">{state.data.url}</code>
          <CopyButton text={state.data.url} />
        </p>
      )}
      {make.data && (
        <div role="status" className="flex flex-col gap-2">
          <Notice tone="waiting">{m.once}</Notice>
          <p className="flex items-center gap-2">
            <code className="break-all">{make.data.secret}</code>
            <CopyButton text={make.data.secret} />
          </p>
        </div>
      )}
      {token && (
        <p className="text-12 text-muted">
          {m.madeBy(token.created_by)} <RelativeTime at={token.created_at} />
          {" · "}
          {token.last_used_at ? (
            <>
              {m.used} <RelativeTime at={token.last_used_at} />
            </>
          ) : (
            m.unused
          )}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button busy={make.isPending} onClick={() => (token ? setAsking("rotate") : make.mutate())}>
          {token ? m.rotate : m.make}
        </Button>
        {token && (
          <Button variant="quiet-danger" onClick={() => setAsking("end")}>
            {m.end}
          </Button>
        )}
      </div>
      {(state.error ?? make.error) && <ErrorPanel error={state.error ?? make.error} />}
      <ConfirmDialog
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={asking === "end" ? m.endTitle : m.rotateTitle}
        verb={asking === "end" ? m.end : m.rotate}
        onConfirm={async () => {
          if (asking === "rotate") await make.mutateAsync();
          else {
            await api.delete(path);
            make.reset();
            await client.invalidateQueries({ queryKey: key });
          }
        }}
      >
        <p>{m.endText}</p>
      </ConfirmDialog>
    </section>
  );
}
