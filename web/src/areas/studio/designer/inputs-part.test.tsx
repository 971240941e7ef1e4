// The rows of a large template: only the one that changes is made again, bulk locking can be undone, keys move a row.
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import type { Field, InputRule } from "../../../api/types";
import { InputsPart } from "./InputsPart";
import { DesignerContext, type DesignerState } from "./context";
import { type Draft, emptyDraft } from "./draft";

const made = vi.hoisted(() => ({ rows: 0 }));
vi.mock("../../../forms/values", async (original) => {
  const real = await original<typeof import("../../../forms/values")>();
  return {
    ...real,
    valueText: (...given: Parameters<typeof real.valueText>) => {
      made.rows += 1;
      return real.valueText(...given);
    },
  };
});
afterEach(cleanup);

let now: Draft;
function Host({ fields, rules }: { fields: Field[]; rules: InputRule[] }) {
  const [draft, setDraft] = useState<Draft>(() => {
    const empty = emptyDraft("ServiceProfile");
    return { ...empty, spec: { ...empty.spec, inputs: rules } };
  });
  now = draft;
  const [setSpec] = useState(() => (patch: Parameters<DesignerState["setSpec"]>[0]) => setDraft((old) => ({ ...old, spec: { ...old.spec, ...(typeof patch === "function" ? patch(old.spec) : patch) } as Draft["spec"] })));
  const state = { kind: "ServiceProfile", scope: { org: "acme", project: "vision" }, draft, setDraft, setSpec, fields, errors: NONE, readOnly: false, currency: "USD", errorAt: () => undefined, exactAt: () => undefined };
  return (
    <DesignerContext.Provider value={state as unknown as DesignerState}>
      <InputsPart />
    </DesignerContext.Provider>
  );
}
const NONE: never[] = [];

const many: Field[] = Array.from({ length: 200 }, (_, index) => ({ name: `field_${index}`, type: "text", label: `Field ${index}`, default: `text ${index}`, section: `Part ${Math.floor(index / 50)}`, order: index }));

it("makes only the changed row of 200 again", () => {
  const { container } = render(<Host fields={many} rules={[]} />);
  // Looked up directly: asking for roles among 200 rows takes seconds in jsdom.
  const lock = (name: string) => fireEvent.change(container.querySelector(`[data-input="${name}"] select`)!, { target: { value: "locked" } });
  lock("field_7");
  made.rows = 0;
  lock("field_150");
  expect(made.rows).toBeGreaterThan(0);
  expect(made.rows).toBeLessThan(5);
  expect(now.spec.inputs?.map((rule) => rule.name)).toEqual(["field_7", "field_150"]);
  // The first drawing of 200 rows is slow in jsdom on a busy machine.
}, 20_000);

it("locks everything nobody decided about, with a reason, and takes it all back", async () => {
  const fields: Field[] = [
    { name: "image", type: "choice", label: "Image", default: "a", choices: [{ value: "a" }, { value: "b" }] },
    { name: "workers", type: "integer", label: "Workers", default: 2 },
    { name: "key", type: "text", label: "Key", required: true },
  ];
  const rules: InputRule[] = [{ name: "image", choices: [{ value: "a" }] }];
  render(<Host fields={fields} rules={rules} />);
  await userEvent.click(screen.getByRole("button", { name: "Lock everything else" }));
  expect(now.spec.inputs).toEqual([...rules, { name: "workers", override: "locked" }]);
  expect(screen.getByText(/Still open.*Key/)).toBeTruthy();
  await userEvent.type(screen.getByLabelText(/Why they are locked/), "Tuned");
  expect(now.spec.inputs?.[1]).toEqual({ name: "workers", override: "locked", reason: "Tuned" });
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(now.spec.inputs).toEqual(rules);
});

it("moves a row by arrow keys and keeps the focus on its grip", async () => {
  render(<Host fields={many.slice(48, 52)} rules={[]} />);
  const grip = () => screen.getByRole("button", { name: "Move Field 49" });
  act(() => grip().focus());
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(grip());
  expect(within(screen.getByRole("region", { name: "Part 1" })).getAllByRole("button", { name: /^Move / }).map((one) => one.getAttribute("aria-label"))).toEqual(["Move Field 49", "Move Field 50", "Move Field 51"]);
  expect(screen.getByText("Field 49 is now 2 of 4, under Part 1.")).toBeTruthy();
  await userEvent.keyboard("{ArrowUp}");
  expect(now.spec.inputs).toEqual([]);
});
