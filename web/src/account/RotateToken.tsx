// Gives a token a new value and shows it once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api/client";
import type { TokenInfo } from "../api/types";
import { session } from "../messages/en/session";
import { ui } from "../messages/en/ui";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField } from "../ui/Field";
import { ErrorPanel } from "../ui/Page";
import { ShownToken } from "./ShownToken";

const m = session.account;
const GRACES = { now: 0, hour: 3_600, day: 86_400 } as const;
type Grace = keyof typeof GRACES;

export function RotateToken({ token, path, queryKey, onClose }: { token: TokenInfo; path: string; queryKey: readonly unknown[]; onClose: () => void }) {
  const client = useQueryClient();
  const [grace, setGrace] = useState<Grace>("hour");
  const rotate = useMutation({
    mutationFn: () => api.post<{ token: string }>(`${path}/${encodeURIComponent(token.id)}/rotate`, { grace_seconds: GRACES[grace] }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  if (rotate.data) return <ShownToken open name={token.name} token={rotate.data.token} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.rotateTitle(token.name)}
      description={m.rotateText}
      onSubmit={() => rotate.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={rotate.isPending}>
            {m.rotate}
          </Button>
        </>
      }
    >
      {rotate.error && <ErrorPanel error={rotate.error} />}
      <SelectField
        label={m.grace}
        value={grace}
        onChange={(value) => setGrace(value as Grace)}
        options={(Object.keys(GRACES) as Grace[]).map((value) => ({ value, label: m.graces[value] }))}
      />
    </Dialog>
  );
}
