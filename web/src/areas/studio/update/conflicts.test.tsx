import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Conflicts } from "./Conflicts";

const conflict = { path: "inputs.disk.value", base: 1, ours: 5, theirs: 9 };

it("decides nothing by itself and tells all three sides", async () => {
  const choose = vi.fn();
  render(<Conflicts conflicts={[conflict, { path: "price", ours: { per_hour: "2" } }]} sides={{}} onChoose={choose} />);
  expect(screen.getAllByRole("radio").every((radio) => !(radio as HTMLInputElement).checked)).toBe(true);
  const disk = screen.getByRole("group", { name: "inputs.disk.value" });
  expect(disk.textContent).toContain("It was: 1");
  await userEvent.click(screen.getByRole("radio", { name: /Take the shipped one 9/ }));
  expect(choose).toHaveBeenCalledWith("inputs.disk.value", "theirs");
  expect(screen.getByRole("group", { name: "price" }).textContent).toContain("per_hour: \"2\"");
  expect(screen.getByRole("radio", { name: /Take the shipped one nothing/ })).toBeDefined();
});

it("shows what was chosen", () => {
  render(<Conflicts conflicts={[conflict]} sides={{ [conflict.path]: "ours" }} onChoose={() => undefined} />);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /Keep yours/ }).checked).toBe(true);
});
