// Text to read and copy: commands, documents, values.
import { CopyButton } from "./CopyButton";

export function CodeBlock({ code, label, maxHeight = "max-h-96" }: { code: string; label?: string; maxHeight?: string }) {
  return (
    <div className="relative rounded-md border border-line bg-sunken">
      <div className="absolute top-1 right-1 rounded-md bg-sunken">
        <CopyButton text={code} />
      </div>
      <pre tabIndex={0} aria-label={label} className={`overflow-auto py-2 pr-10 pl-3 text-12 whitespace-pre ${maxHeight}`}>
        {code}
      </pre>
    </div>
  );
}
