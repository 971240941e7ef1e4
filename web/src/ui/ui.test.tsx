import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { filterCommands } from "./CommandList";
import { type Column, DataTable } from "./DataTable";
import { ConfirmDialog } from "./Dialog";
import { parseBlocks } from "./PlainMarkdown";

interface Row {
  id: string;
  size: number;
}
const columns: Column<Row>[] = [
  { id: "name", header: "Name", primary: true, cell: (row) => row.id, sortValue: (row) => row.id },
  { id: "size", header: "Size", cell: (row) => row.size, sortValue: (row) => row.size },
];
const rows: Row[] = [
  { id: "b", size: 2 },
  { id: "c", size: 10 },
  { id: "a", size: 1 },
];
const rowId = (row: Row) => row.id;

function media(narrow: boolean) {
  vi.stubGlobal("matchMedia", () => ({ matches: narrow, addEventListener: () => undefined, removeEventListener: () => undefined }));
}
beforeEach(() => {
  localStorage.clear();
  media(false);
});

function table(more: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) {
  render(<DataTable id="t" label="Things" columns={columns} rows={rows} rowId={rowId} rowName={rowId} empty={{ title: "Nothing here yet" }} {...more} />);
}
const order = () => screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell").at(-2)?.textContent);

describe("DataTable", () => {
  it("sorts by numbers up, down and not at all", async () => {
    table();
    const size = screen.getByRole("button", { name: "Size" });
    await userEvent.click(size);
    expect(order()).toEqual(["a", "b", "c"]);
    expect(screen.getByRole("columnheader", { name: "Size" }).getAttribute("aria-sort")).toBe("ascending");
    await userEvent.click(size);
    expect(order()).toEqual(["c", "b", "a"]);
    await userEvent.click(size);
    expect(order()).toEqual(["b", "c", "a"]);
  });

  it("is worked by keyboard: j and k move, Enter opens, x selects", async () => {
    const onOpen = vi.fn();
    table({ onOpen, bulkActions: (chosen) => <span>chosen: {chosen.map(rowId).join(",")}</span> });
    screen.getAllByRole("row")[1]?.focus();
    await userEvent.keyboard("j");
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-row")).toBe("1"));
    await userEvent.keyboard("x{Enter}");
    expect(screen.getByText("chosen: c")).toBeDefined();
    expect(onOpen).toHaveBeenCalledWith(rows[1]);
  });

  it("tells empty from filtered away", async () => {
    const onClearFilters = vi.fn();
    table({ rows: [], filtered: true, onClearFilters });
    await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
    expect(onClearFilters).toHaveBeenCalled();
    expect(screen.queryByText("Nothing here yet")).toBeNull();
  });

  it("becomes a list on narrow screens with every value", () => {
    media(true);
    table();
    expect(screen.queryByRole("table")).toBeNull();
    const items = within(screen.getByRole("list", { name: "Things" })).getAllByRole("listitem");
    expect(items[1]?.textContent).toBe("cSize10");
  });
});

describe("ConfirmDialog", () => {
  it("asks for the name, and stays with the reason when it fails", async () => {
    const onConfirm = vi.fn().mockRejectedValue(new Error("It is still in use."));
    const onClose = vi.fn();
    render(
      <ConfirmDialog open onClose={onClose} title="Delete?" verb="Delete" typeName="nb-1" onConfirm={onConfirm}>
        Everything is lost.
      </ConfirmDialog>,
    );
    const button = screen.getByRole("button", { name: "Delete" });
    await userEvent.click(button);
    expect(onConfirm).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole("textbox"), "nb-1");
    await userEvent.click(button);
    expect((await screen.findByRole("alert")).textContent).toBe("It is still in use.");
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe("filterCommands", () => {
  it("wants every word and puts beginnings first", () => {
    const commands = ["Old notebook", "Notebook", "Terminal"].map((label) => ({ id: label, label, hint: "research", onSelect: () => undefined }));
    expect(filterCommands(commands, "note rese").map((command) => command.id)).toEqual(["Notebook", "Old notebook"]);
    expect(filterCommands(commands, "nothing")).toEqual([]);
  });
});

describe("parseBlocks", () => {
  it("reads headings, lists, code and paragraphs", () => {
    expect(parseBlocks("# A\n\none\ntwo\n\n- x\n  more\n- y\n\n```sh\n- z\n```")).toEqual([
      { kind: "heading", text: "A" },
      { kind: "paragraph", text: "one two" },
      { kind: "list", ordered: false, items: ["x more", "y"] },
      { kind: "code", text: "- z" },
    ]);
  });
});
