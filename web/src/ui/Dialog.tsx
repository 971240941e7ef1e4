// Dialogs: short forms, and confirmation of what cannot be undone.
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { messageOf } from "../api/error";
import { ui as m } from "../messages/en/ui";
import { Button } from "./Button";
import { cx } from "./cx";
import { TextField } from "./Field";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons at the bottom right. */
  footer?: ReactNode;
  /** Makes it a form: Enter submits. */
  onSubmit?: () => void;
  wide?: boolean;
}

export function Dialog({ open, onClose, title, description, children, footer, onSubmit, wide }: DialogProps) {
  const body = (
    <>
      <div className="flex items-start justify-between gap-4 px-4 pt-4">
        <Base.Title className="text-16 font-semibold">{title}</Base.Title>
        <Base.Close aria-label={m.close} className="-mt-1 -mr-1 rounded-md p-1 text-muted hover:bg-hover">
          <X size={16} aria-hidden />
        </Base.Close>
      </div>
      <div className="flex min-h-0 flex-col gap-4 overflow-auto px-4 pt-2 pb-4">
        {description && <Base.Description className="text-muted">{description}</Base.Description>}
        {children}
      </div>
      {footer && <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</div>}
    </>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit?.();
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Base.Popup
          className={cx(
            "fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-md border border-line bg-raised shadow-float outline-none",
            wide ? "max-w-3xl" : "max-w-lg",
          )}
        >
          {onSubmit ? (
            <form className="flex min-h-0 flex-col" onSubmit={submit} noValidate>
              {body}
            </form>
          ) : (
            body
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What will be lost. */
  children: ReactNode;
  verb: string;
  /** Must be typed before the verb can be used; for many or shared things. */
  typeName?: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
}

/** Asks before something that cannot be undone; stays open and tells why when it fails. */
export function ConfirmDialog({ open, onClose, title, children, verb, typeName, danger = true, onConfirm }: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const close = () => {
    setTyped("");
    setError(undefined);
    onClose();
  };
  const confirm = async () => {
    if (typeName !== undefined && typed !== typeName) return;
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      close();
    } catch (cause) {
      setError(messageOf(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      onSubmit={() => void confirm()}
      footer={
        <>
          <Button onClick={close}>{m.cancel}</Button>
          <Button
            type="submit"
            variant={danger ? "danger" : "primary"}
            busy={busy}
            disabled={typeName !== undefined && typed !== typeName}
          >
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">{children}</div>
      {typeName !== undefined && (
        <TextField
          label={m.typeToConfirm(typeName)}
          value={typed}
          onChange={setTyped}
          input={{ autoComplete: "off", spellCheck: false, className: "font-mono" }}
        />
      )}
      {error && (
        <p role="alert" className="text-failed">
          {error}
        </p>
      )}
    </Dialog>
  );
}
