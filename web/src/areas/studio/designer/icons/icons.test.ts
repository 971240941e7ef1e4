import { expect, test } from "vitest";
import { nameAfter, pictureOf } from "./icons";

test("an icon is named after its file", () => {
  expect(nameAfter("My Logo (2).SVG")).toBe("my-logo-2");
  expect(nameAfter("Küche.png")).toBe("kuche");
  expect(nameAfter("2024.png")).toBe("icon");
  expect(nameAfter(`${"a".repeat(60)}.png`)).toHaveLength(48);
});

test("a picture is shown without asking for it", () => {
  expect(pictureOf({ png: "AAAA" })).toBe("data:image/png;base64,AAAA");
  expect(pictureOf({ svg: '<svg fill="#fff"/>' })).toBe("data:image/svg+xml,%3Csvg%20fill%3D%22%23fff%22%2F%3E");
});
