import { describe, expect, it } from "vitest";
import { choicesOf } from "./AccessTab";

describe("sharing an endpoint", () => {
  it("goes as far as its template and profile allow, and no further", () => {
    expect(choicesOf("owner")).toEqual(["owner"]);
    expect(choicesOf("workspace")).toEqual(["owner", "workspace"]);
    expect(choicesOf("project")).toEqual(["owner", "workspace", "project"]);
  });
});
