// Says that answers stand in the form that nobody gave here, and which.
import type { FormAnswer, Values } from "../../../api/types";
import { labelOf } from "../../../forms/values";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { Notice } from "../../../ui/Page";
import type { Start } from "./start";

const m = hub.launch.filled;

function labels(values: Values, fields: FormAnswer["form"]["fields"] | undefined): string[] {
  return (fields ?? []).filter((field) => field.name in values && !field.locked && !field.hidden).map(labelOf);
}

export function Filled({ start, answer, onClear }: { start: Start; answer: FormAnswer; onClear: () => void }) {
  if (start.source === "nothing") return null;
  const filled = [...labels(start.computeInputs, answer.compute_form?.fields), ...labels(start.inputs, answer.form.fields)];
  return (
    <Notice
      tone={start.source === "link" ? "waiting" : "plain"}
      action={
        <Button size="small" onClick={onClear}>
          {m.clear}
        </Button>
      }
    >
      <p className="font-medium">{start.source === "link" ? m.link : start.source === "remembered" ? m.remembered : m.instance(start.from ?? "")}</p>
      {filled.length > 0 && <p className="text-12">{m.fields(filled)}</p>}
    </Notice>
  );
}
