// Moving rows: by dragging their grip with mouse, pen or finger, and by arrow keys on it.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Field, InputRule } from "../../../api/types";
import { labelOf } from "../../../forms/values";
import { useStable } from "../../../lib/hooks";
import { designer } from "../../../messages/en/designer";
import { type Target, arrange, mergeField, place, ruleOf, step } from "./rules";

const m = designer.inputs;
/** So near to the window's edge the page scrolls along; the bars at the top stay over the rows. */
const EDGE_PX = { top: 150, bottom: 60 };
const SCROLL_PX = 14;

export interface Grip {
  enabled: boolean;
  down: (name: string, event: PointerEvent<HTMLElement>) => void;
  move: (event: PointerEvent<HTMLElement>) => void;
  up: () => void;
  cancel: () => void;
  key: (name: string, event: KeyboardEvent<HTMLElement>) => void;
}

interface Over {
  name: string;
  side: "before" | "after";
}

export function useReorder(fields: Field[] | undefined, rules: InputRule[], disabled: boolean, onRules: (rules: InputRule[]) => void) {
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<Over>();
  const [said, setSaid] = useState("");
  const focus = useRef<string>(undefined);
  // A row that goes under another heading is made anew there: its grip gets the focus back.
  useEffect(() => {
    if (focus.current === undefined) return;
    document.getElementById(`designer-grip-${focus.current}`)?.focus();
    focus.current = undefined;
  });

  const put = (name: string, target: Target) => {
    if (!fields) return;
    const next = place(fields, rules, name, target);
    onRules(next);
    const flat = arrange(fields, next).flatMap((group) => group.fields.map((field) => ({ field, section: group.section })));
    const at = flat.findIndex((one) => one.field.name === name);
    const moved = flat[at];
    if (moved) setSaid(m.moved(labelOf(mergeField(moved.field, ruleOf(next, name).rule)), at + 1, flat.length, moved.section || m.noSection));
  };
  const end = () => {
    setDragged(undefined);
    setOver(undefined);
  };

  const down = useStable((name: string, event: PointerEvent<HTMLElement>) => {
    if (disabled || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragged(name);
  });
  const move = useStable((event: PointerEvent<HTMLElement>) => {
    if (dragged === undefined) return;
    if (event.clientY < EDGE_PX.top) window.scrollBy(0, -SCROLL_PX);
    if (event.clientY > window.innerHeight - EDGE_PX.bottom) window.scrollBy(0, SCROLL_PX);
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-input]");
    const name = row?.dataset.input;
    if (!row || name === undefined || name === dragged) {
      setOver(undefined);
      return;
    }
    const box = row.getBoundingClientRect();
    const side = event.clientY < box.top + box.height / 2 ? "before" : "after";
    setOver((old) => (old?.name === name && old.side === side ? old : { name, side }));
  });
  const up = useStable(() => {
    if (dragged !== undefined && over && fields) {
      const group = arrange(fields, rules).find((one) => one.fields.some((field) => field.name === over.name));
      const index = group?.fields.findIndex((field) => field.name === over.name) ?? -1;
      const before = over.side === "before" ? over.name : group?.fields[index + 1]?.name;
      if (group && before !== dragged) put(dragged, { section: group.section, ...(before === undefined ? {} : { before }) });
    }
    end();
  });
  const cancel = useStable(end);
  const key = useStable((name: string, event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape" && dragged !== undefined) {
      event.preventDefault();
      end();
      return;
    }
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : undefined;
    if (by === undefined || disabled || !fields) return;
    event.preventDefault();
    const target = step(arrange(fields, rules), name, by);
    if (!target) return;
    focus.current = name;
    put(name, target);
  });
  const [grip, setGrip] = useState<Grip>({ enabled: !disabled, down, move, up, cancel, key });
  if (grip.enabled === disabled) setGrip({ ...grip, enabled: !disabled });
  return { dragged, target: over, said, grip };
}
