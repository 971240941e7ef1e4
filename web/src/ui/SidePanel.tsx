// A panel at the right edge for the details of one row; the page behind stays where it was.
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { ui as m } from "../messages/en/ui";

export function SidePanel({ open, onClose, title, children }: { open: boolean; onClose: () => void; title: ReactNode; children: ReactNode }) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Base.Popup className="fixed top-0 right-0 z-40 flex h-dvh w-full max-w-xl flex-col border-l border-line bg-raised shadow-float outline-none">
          <div className="flex items-start justify-between gap-4 border-b border-line px-4 py-3">
            <Base.Title className="min-w-0 text-16 font-semibold break-words">{title}</Base.Title>
            <Base.Close aria-label={m.close} className="rounded-md p-1 text-muted hover:bg-hover">
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
