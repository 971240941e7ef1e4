import { expect, it } from "vitest";
import { actionWords, dayStart, exportAddress } from "./entries";

it("turns actions into words", () => {
  expect(actionWords("compute_profile.publish")).toBe("Publish compute profile");
  expect(actionWords("service_instance.create_on_behalf")).toBe("Create on behalf service instance");
  expect(actionWords("login")).toBe("Login");
});

it("takes a day from its first moment to the first of the next", () => {
  expect(dayStart("2026-11-24")).toBe(new Date(2026, 10, 24).toISOString());
  expect(dayStart("2026-12-31", 1)).toBe(new Date(2027, 0, 1).toISOString());
  expect(dayStart("")).toBeUndefined();
  expect(dayStart("2026-")).toBeUndefined();
});

it("exports what the list shows", () => {
  expect(exportAddress({ org: "acme", search: "a b", actor: "", outcome: undefined }, "csv")).toBe(
    "/api/v1/audit-entries/export?format=csv&org=acme&search=a+b",
  );
});
