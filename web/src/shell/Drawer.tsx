// The rail on a narrow screen: it slides over the page.
import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { frame as m } from "../messages/en/frame";

export function Drawer({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Dialog.Popup aria-label={m.rail.label} className="fixed inset-y-0 left-0 z-40 flex shadow-float outline-none">
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
