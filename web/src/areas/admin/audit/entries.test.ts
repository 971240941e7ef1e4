import { expect, it } from "vitest";
import { actionWords } from "./entries";

it("turns actions into words", () => {
  expect(actionWords("compute_profile.publish")).toBe("Publish compute profile");
  expect(actionWords("service_instance.create_on_behalf")).toBe("Create on behalf service instance");
  expect(actionWords("login")).toBe("Login");
});
