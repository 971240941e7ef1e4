import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import type { Form, FormField, Values } from "../api/types";
import { ProfileForm } from "./ProfileForm";

const field = (name: string, more: Partial<FormField> = {}): FormField => ({ name, type: "text", label: name, locked: false, ...more });

function Page({ form, left }: { form: Form; left?: (path: string) => void }) {
  const [given, setGiven] = useState<Values>({});
  return (
    <ProfileForm
      form={form}
      prefix="inputs"
      given={given}
      values={{}}
      visible={form.fields.map(({ name }) => `inputs.${name}`)}
      required={[]}
      errorAt={() => undefined}
      onChange={setGiven}
      {...(left ? { onLeave: left } : {})}
    />
  );
}

describe("a profile's form", () => {
  it("tells when a field is left, and not while it is typed in", async () => {
    const left = vi.fn();
    render(<Page form={{ fields: [field("a"), field("b")], sections: [], presets: [] }} left={left} />);
    await userEvent.type(screen.getByLabelText("a"), "hello");
    expect(left).not.toHaveBeenCalled();
    await userEvent.tab();
    expect(left.mock.calls).toEqual([["inputs.a"]]);
  });

  it("does not count a step from an amount to its unit as leaving", async () => {
    const left = vi.fn();
    render(<Page form={{ fields: [field("disk", { type: "size" })], sections: [], presets: [] }} left={left} />);
    await userEvent.click(screen.getByLabelText("disk"));
    await userEvent.tab();
    expect(left).not.toHaveBeenCalled();
    await userEvent.tab();
    expect(left).toHaveBeenCalledWith("inputs.disk");
  });

  it("draws one row anew for a keystroke, however many there are", async () => {
    // Help is read when a row is drawn, so reading it counts drawings.
    let drawn = 0;
    const fields = Array.from({ length: 200 }, (_, index) =>
      Object.defineProperty(field(`f${index}`), "help", {
        enumerable: true,
        get: () => {
          drawn += 1;
          return "Help";
        },
      }),
    );
    render(<Page form={{ fields, sections: [], presets: [] }} />);
    // By id: looking for a label among two hundred takes longer than the test.
    const input = document.getElementById("field-inputs-f7") as HTMLInputElement;
    input.focus();
    const before = drawn;
    await userEvent.keyboard("x");
    expect(input.value).toBe("x");
    const perRow = before / 200;
    expect(drawn - before).toBeLessThanOrEqual(2 * perRow);
  });

  it("says what an open choice of a GPU model means", () => {
    const gpu = field("gpu_model", { type: "choice", options_from: "target_gpu_models", choices: [{ value: "L4" }] });
    render(<Page form={{ fields: [gpu, field("other", { type: "choice", choices: [{ value: "x" }] })], sections: [], presets: [] }} />);
    expect(screen.getByRole("option", { name: "Any model" })).toBeDefined();
    expect(screen.getByRole("option", { name: "Choose…" })).toBeDefined();
  });
});
