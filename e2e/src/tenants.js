// An organization of its own: what its roles mean, how it looks, its sign-in page, and that it is suspended and goes on.
import assert from "node:assert/strict";
import { go, heading } from "./console.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

const LOGO = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10" fill="#0b5cad"/></svg>`);
const REASON = "The contract ended in May.";

export async function tenants(t, world) {
  const step = steps(t, world);
  const page = world.adminPage;
  const dialog = page.getByRole("dialog");
  const asked = page.getByRole("alertdialog").or(dialog);
  await step("an organization is made", async () => {
    await page.goto(`${world.server.url}/operations`);
    await heading(page, "Organizations");
    await page.getByRole("button", { name: "New organization" }).first().click();
    await dialog.getByLabel("Display name").fill("Harbor");
    await dialog.getByLabel("First project").fill("cranes");
    await dialog.getByRole("button", { name: "Create" }).click();
    await heading(page, "Harbor");
  });
  await step("Operations has its pages without a project", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Encryption", exact: true }).waitFor();
  });
  await step("what built-in roles mean is read", async () => {
    await page.goto(`${world.server.url}/orgs/harbor/admin/roles`);
    await page.getByRole("link", { name: "Built-in roles" }).click();
    await heading(page, "Built-in roles");
    await page.getByRole("table", { name: "What each role may do" }).waitFor();
    await look(page, "built-in-roles");
    await page.getByLabel("Role", { exact: true }).selectOption({ label: "PaaS admin" });
    await page.getByLabel("Kind", { exact: true }).selectOption({ label: "Compute profile" });
    await page.getByText("view, create, update, delete, publish").waitFor();
  });
  await step("the organization gets a look", async () => {
    await go(page, "Settings");
    await heading(page, "Settings");
    await page.getByLabel("Name in the console").fill("Harbor Works");
    await page.locator("input[type=file]").setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: LOGO });
    const accent = page.getByRole("textbox", { name: /^Accent colour/ });
    await accent.fill("#ffffff");
    await page.getByText("cannot be read on the light theme").waitFor();
    await accent.fill("#0b7a75");
    await page.getByText("cannot be read on the light theme").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a link" }).click();
    await page.getByLabel("Title of link 1").fill("Help desk");
    await page.getByLabel("Address of link 1").fill("https://help.example.com/");
    await page.getByLabel("Message on the sign-in page").fill("Sign in with your **harbor account**.");
    await page.getByRole("group", { name: "Preview" }).getByText("Help desk").first().waitFor();
    await look(page, "organization-settings");
    await page.getByRole("button", { name: "Save", exact: true }).nth(1).click();
    await page.getByText("Saved").first().waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByText("Harbor Works").waitFor();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim()), "#0b7a75");
  });
  await step("its sign-in page has that look, and an unknown one is plain", async () => {
    const context = await world.browser.newContext();
    const stranger = await context.newPage();
    await stranger.goto(`${world.server.url}/o/harbor`);
    await heading(stranger, "Sign in");
    await stranger.getByText("Harbor Works").waitFor();
    await stranger.getByText("harbor account").waitFor();
    await stranger.getByRole("link", { name: "Help desk" }).waitFor();
    await look(stranger, "sign-in-of-an-organization");
    await stranger.goto(`${world.server.url}/o/nowhere`);
    await heading(stranger, "Sign in");
    await stranger.getByText("Warpyard", { exact: true }).waitFor();
    assert.equal(await stranger.getByText("Harbor").count(), 0);
    await context.close();
  });
  await step("it is suspended with a reason that every page shows", async () => {
    await page.goto(`${world.server.url}/operations/orgs/harbor`);
    await heading(page, "Harbor");
    await page.getByRole("button", { name: "Suspend…" }).click();
    await asked.getByLabel("Reason").fill(REASON);
    await asked.getByRole("textbox").last().fill("harbor");
    await look(page, "organization-suspend", { dialog: true });
    await asked.getByRole("button", { name: "Suspend organization" }).click();
    await asked.waitFor({ state: "detached" });
    await page.getByText(`Suspended: ${REASON}`).waitFor();
    await page.goto(`${world.server.url}/orgs/harbor/admin/projects`);
    await page.getByText(`Reason: ${REASON}`).waitFor();
    await heading(page, "Projects");
    assert.equal(await page.getByRole("button", { name: "New project" }).count(), 0);
    await look(page, "organization-suspended");
  });
  await step("it goes on", async () => {
    await page.goto(`${world.server.url}/operations/orgs/harbor`);
    await page.getByRole("button", { name: "Resume…" }).click();
    await asked.getByRole("button", { name: "Resume organization" }).click();
    await asked.waitFor({ state: "detached" });
    await page.getByText(`Suspended: ${REASON}`).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Suspend…" }).waitFor();
  });
}
