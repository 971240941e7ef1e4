// How sealed values are kept, and the rotation of the installation's key.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api } from "../../../api/client";
import { useTitle } from "../../../lib/hooks";
import { operations as m } from "../../../messages/en/operations";
import { Button } from "../../../ui/Button";
import { DataTable } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { Notice, PageBody, PageHeader } from "../../../ui/Page";
import { StateBadge } from "../../../ui/StateBadge";

interface EncryptionKey {
  id: string;
  current: boolean;
  values: number;
}

interface EncryptionState {
  source: "file" | "environment" | "command" | "given";
  keys: EncryptionKey[];
  values: number;
  waiting: number;
}

export function Encryption() {
  useTitle(m.encryption.title);
  const client = useQueryClient();
  const state = useQuery({
    queryKey: ["encryption"],
    queryFn: ({ signal }) => api.get<EncryptionState>("/encryption", undefined, signal),
    // Progress shows while values are wrapped again.
    refetchInterval: (query) => (query.state.data && query.state.data.waiting > 0 ? 1_000 : false),
  });
  const rotate = useMutation({
    mutationFn: () => api.post<EncryptionState>("/encryption/rotate", {}),
    onSuccess: (begun) => client.setQueryData(["encryption"], begun),
  });
  const [asking, setAsking] = useState(false);
  const { data } = state;
  return (
    <PageBody>
      <PageHeader
        title={m.encryption.title}
        description={m.encryption.text}
        actions={
          <Button icon={<KeyRound size={16} aria-hidden />} disabled={!data || data.waiting > 0} onClick={() => setAsking(true)}>
            {m.encryption.rotate}
          </Button>
        }
      />
      {data && (
        <div role="status">
          <Notice tone={data.waiting > 0 ? "waiting" : "plain"}>
            {data.waiting > 0 ? m.encryption.progress(data.values - data.waiting, data.values) : m.encryption.done(data.values)} {m.encryption.sources[data.source]}
          </Notice>
        </div>
      )}
      <DataTable
        id="encryption-keys"
        label={m.encryption.keys}
        columns={[
          { id: "id", header: m.encryption.key, primary: true, cell: (key) => <code>{key.id}</code> },
          {
            id: "use",
            header: m.encryption.use,
            cell: (key) => <StateBadge tone={key.current ? "running" : "stopped"}>{key.current ? m.encryption.seals : m.encryption.opens}</StateBadge>,
          },
          { id: "values", header: m.encryption.values, cell: (key) => key.values },
        ]}
        rows={data?.keys}
        rowId={(key) => key.id}
        rowName={(key) => key.id}
        error={state.error}
        onRetry={() => void state.refetch()}
        empty={{ title: m.encryption.keys }}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={m.encryption.rotateTitle}
        verb={m.encryption.rotate}
        danger={false}
        onConfirm={async () => {
          await rotate.mutateAsync();
        }}
      >
        <p>{data && m.encryption.rotateText[data.source === "file" ? "file" : "outside"]}</p>
      </ConfirmDialog>
    </PageBody>
  );
}
