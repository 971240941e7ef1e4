// Tokens that do less than their owner: chosen permissions and places, a new value, an end.
import assert from "node:assert/strict";
import { heading } from "./console.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

export async function tokens(t, world) {
  const step = steps(t, world);
  const { server, adminPage: page } = world;
  let token = "";
  const shown = async (dialog) => {
    const value = (await dialog.getByText(/^wyd_/).first().innerText()).trim();
    assert.match(value, /^wyd_[A-Za-z0-9_-]{43}$/);
    await dialog.getByRole("button", { name: "Done" }).click();
    return value;
  };
  await step("a token is limited to a place and a permission", async () => {
    await page.goto(`${server.url}/account/tokens`);
    await page.getByRole("button", { name: "New token" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What it is for").fill("nightly report");
    await dialog.getByLabel("What it may do").selectOption({ label: "Only chosen permissions" });
    assert.ok(await dialog.getByRole("button", { name: "Create token" }).isDisabled(), "nothing was chosen yet");
    await dialog.getByPlaceholder("Find a permission").or(dialog.getByRole("searchbox")).first().fill("project.v");
    await dialog.getByLabel("project.view").check();
    await dialog.getByLabel("Where", { exact: true }).selectOption({ label: "Only in chosen places" });
    await dialog.getByLabel("Add an organization or project").fill("default");
    await page.getByRole("option", { name: "/default", exact: true }).click();
    await dialog.getByRole("button", { name: "Remove /default" }).waitFor();
    await look(page, "token-limited", { dialog: true });
    await dialog.getByRole("button", { name: "Create token" }).click();
    token = await shown(dialog);
    const row = page.getByRole("row", { name: /nightly report/ });
    await row.getByText("project.view").waitFor();
    await row.getByText("/default").waitFor();
    await look(page, "tokens");
    await server.api(token, "GET", "/orgs/default/projects");
    await assert.rejects(server.api(token, "GET", "/me/tokens"));
  });
  await step("it is rotated, and then revoked", async () => {
    const row = page.getByRole("row", { name: /nightly report/ });
    await row.getByRole("button", { name: "Rotate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("The value before works for").selectOption({ label: "no longer" });
    await look(page, "token-rotate", { dialog: true });
    await dialog.getByRole("button", { name: "Rotate" }).click();
    const next = await shown(dialog);
    await assert.rejects(server.api(token, "GET", "/orgs/default/projects"));
    await server.api(next, "GET", "/orgs/default/projects");
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Revoke" }).click();
    await row.waitFor({ state: "detached" });
    await assert.rejects(server.api(next, "GET", "/orgs/default/projects"));
  });
  await step("a service account is made, given a role and a token, and deactivated", async () => {
    await page.goto(`${server.url}/orgs/default/admin/service-accounts`);
    await page.getByRole("button", { name: "New service account" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Display name").fill("Nightly pipeline");
    await dialog.getByRole("button", { name: "Create" }).click();
    await heading(page, "Nightly pipeline");
    await page.getByRole("button", { name: "Add role binding" }).click();
    await dialog.getByLabel("Role", { exact: true }).selectOption({ label: "Auditor" });
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("row", { name: /Auditor/ }).waitFor();
    await page.getByRole("button", { name: "New token" }).first().click();
    await dialog.getByLabel("What it is for").fill("pipeline");
    await dialog.getByRole("button", { name: "Create token" }).click();
    const secret = await shown(dialog);
    await look(page, "service-account");
    await server.api(secret, "GET", "/orgs/default/projects");
    await page.getByRole("button", { name: "Deactivate" }).click();
    await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("Deactivated", { exact: true }).first().waitFor();
    await assert.rejects(server.api(secret, "GET", "/orgs/default/projects"));
    await page.goto(`${server.url}/orgs/default/admin/service-accounts`);
    await page.getByText("Nightly pipeline").waitFor();
    await look(page, "service-accounts");
  });
}
