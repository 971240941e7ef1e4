// Below the editor: what stands at the cursor, and every problem with a line to go to. The keyboard's twin of hovering.
import { templates as m } from "../../../../messages/en/templates";
import type { Assist } from "../../../../ui/editor-assist";
import { StateBadge } from "../../../../ui/StateBadge";
import type { EditedText } from "./text";

/** More would push the editor off the screen; solving these shows the others. */
const SHOWN = 6;

export function EditorFoot({ edited, assist, cursor }: { edited: EditedText; assist: Assist | undefined; cursor: number }) {
  const here = assist?.explain(edited.text, cursor);
  const tone = edited.state === "accepted" ? "running" : edited.state === "checking" ? "working" : "failed";
  return (
    <div className="flex flex-col gap-2 pt-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span role="status">
          <StateBadge tone={tone}>{edited.state === "refused" ? m.problems(edited.marks.length) : m.states[edited.state]}</StateBadge>
        </span>
        {assist && <span className="text-12 text-muted">{m.keys}</span>}
      </div>
      {here && (
        <p className="line-clamp-3 text-12 text-muted">
          <span className="font-medium text-ink">{here.title}</span> {here.text}
        </p>
      )}
      {edited.marks.length > 0 && (
        <ul aria-label={m.problemList} className="flex flex-col gap-1 rounded-md border border-failed/40 bg-failed-soft px-3 py-2 text-failed">
          {edited.marks.slice(0, SHOWN).map((mark, index) => (
            <li key={index}>
              <span className="font-medium">{m.line(mark.line)}</span> {mark.message}
            </li>
          ))}
          {edited.marks.length > SHOWN && <li>{m.more(edited.marks.length - SHOWN)}</li>}
        </ul>
      )}
    </div>
  );
}
