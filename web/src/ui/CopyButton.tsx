// Copies a text and says so.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { ui as m } from "../messages/en/ui";
import { Button, type ButtonSize, type ButtonVariant, IconButton } from "./Button";
import { toast } from "./Toast";

/** Puts a text on the clipboard; on an origin without that right, through a selection. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext && navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed top-0 left-0 opacity-0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error(m.copyFailed);
}

function useCopy(text: string | (() => string)) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    copyText(typeof text === "string" ? text : text()).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 1_500);
      },
      () => toast(m.copyFailed, "failed"),
    );
  };
  return { copied, copy };
}

export function CopyButton({ text, label = m.copy }: { text: string; label?: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <IconButton label={copied ? m.copied : label} size="small" onClick={copy}>
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}

/** A worded button that copies; `text` may be made at the moment of the click. */
export function CopyTextButton({
  text,
  children,
  size,
  variant,
}: {
  text: string | (() => string);
  children: string;
  size?: ButtonSize;
  variant?: ButtonVariant;
}) {
  const { copied, copy } = useCopy(text);
  return (
    <Button size={size} variant={variant} onClick={copy} icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}>
      {copied ? m.copied : children}
    </Button>
  );
}
