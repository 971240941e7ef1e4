// The same actions on many chosen rows, for every table of instances: buttons for the bulk bar, and the dialog that asks and tells.
import { type ReactNode, useState } from "react";
import type { Instance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { BulkDialog } from "./BulkDialog";
import { type InstanceAction, allows } from "./actions";
import type { CanOf } from "./bulk";

const m = hub.instances;

export function useBulkActions(canOf: CanOf): { buttons: (rows: Instance[], clear: () => void) => ReactNode; dialog: ReactNode } {
  const [acting, setActing] = useState<{ rows: Instance[]; action: InstanceAction; clear: () => void }>();
  const buttons = (rows: Instance[], clear: () => void) =>
    (["stop", "start", "retry", "delete"] as const).map((action) => {
      const count = rows.filter((row) => allows(row, action, canOf(row))).length;
      return count === 0 ? null : (
        <Button key={action} size="small" variant={action === "delete" ? "danger" : "secondary"} onClick={() => setActing({ rows, action, clear })}>
          {count === rows.length ? `${m[action]}…` : m.some(m[action], count)}
        </Button>
      );
    });
  const dialog = acting && (
    <BulkDialog
      rows={acting.rows}
      action={acting.action}
      canOf={canOf}
      onClose={(done) => {
        setActing(undefined);
        if (done) acting.clear();
      }}
    />
  );
  return { buttons, dialog };
}
