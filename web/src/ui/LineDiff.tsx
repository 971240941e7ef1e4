// Two texts side over side: what was taken away and what came, by sign and colour.
import { useMemo } from "react";
import { diffLines, foldSame } from "../lib/diff";
import { cx } from "./cx";

const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const TONES = { same: "text-muted", added: "bg-running-soft text-running", removed: "bg-failed-soft text-failed" } as const;

export function LineDiff({ before, after, label, equal }: { before: string; after: string; label: string; equal: string }) {
  const lines = useMemo(() => foldSame(diffLines(before, after)), [before, after]);
  if (lines.every((line) => line === null || line.type === "same")) return <p className="text-muted">{equal}</p>;
  return (
    <div role="group" aria-label={label} tabIndex={0} className="max-h-[60dvh] overflow-auto rounded-md border border-line bg-sunken py-1 font-mono text-12">
      <div className="w-max min-w-full">
        {lines.map((line, index) =>
          line === null ? (
            <div key={index} className="px-3 text-muted select-none" aria-hidden>
              ⋯
            </div>
          ) : (
            <div key={index} className={cx("flex whitespace-pre", TONES[line.type])}>
              <span className="w-7 shrink-0 pl-3 select-none">{SIGNS[line.type]}</span>
              <span className="pr-3">{line.text || " "}</span>
            </div>
          ),
        )}
      </div>
    </div>
  );
}
