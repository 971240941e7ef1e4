import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import MarkdownText from "./MarkdownText";

it("draws no raw HTML, no picture and no address that runs or leads into the console", () => {
  const text = [
    "<script>alert(1)</script><b>bold</b>",
    "![secret](https://other.example/x.png)",
    "[run](javascript:alert(1)) [inside](#part) [out](https://example.com)",
  ].join("\n\n");
  const { container } = render(<MarkdownText text={text} />);
  expect(container.querySelector("script, b, img, style")).toBeNull();
  const links = screen.getAllByRole("link");
  expect(links).toHaveLength(1);
  expect(links[0]?.getAttribute("href")).toBe("https://example.com");
  expect(links[0]?.getAttribute("rel")).toContain("noopener");
});
