// A button that lets a person choose a file, or a folder.
import { type ReactNode, useId, useRef } from "react";
import { Button } from "../../../ui/Button";

interface FileChoiceProps {
  label: string;
  help: string;
  icon: ReactNode;
  accept?: string;
  folder?: boolean;
  disabled?: boolean;
  onFiles: (files: File[]) => void;
}

export function FileChoice({ label, help, icon, accept, folder, disabled, onFiles }: FileChoiceProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div className="flex flex-col items-start gap-1 rounded-md border border-dashed border-line-strong/70 p-4">
      <Button icon={icon} disabled={disabled ?? false} aria-describedby={id} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <p id={id} className="text-12 text-muted">
        {help}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        {...(folder ? { webkitdirectory: "" } : {})}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again after it was put right.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}
