import { describe, expect, it } from "vitest";
import { filterCommands } from "../../ui/CommandList";
import { serverWord } from "./objects";

const command = (label: string, more: object = {}) => ({ id: label, label, onSelect: () => undefined, ...more });

describe("the palette", () => {
  it("asks the server for the longest word and narrows by the others", () => {
    expect(serverWord("nb segmentation ana")).toBe("segmentation");
    expect(serverWord("  ")).toBe("");
  });

  it("finds by words that are not shown", () => {
    const commands = [command("Segmentation", { keywords: "nb-1 Finds scratches" }), command("Other")];
    expect(filterCommands(commands, "nb-1").map((one) => one.label)).toEqual(["Segmentation"]);
    expect(filterCommands(commands, "segm scratches").map((one) => one.label)).toEqual(["Segmentation"]);
    expect(filterCommands(commands, "other scratches")).toEqual([]);
  });
});
