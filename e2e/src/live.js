// Changes made elsewhere show on open pages without a reload.
import assert from "node:assert/strict";
import { go, heading } from "./console.js";
import { picture } from "./look.js";

/** A token that the developer makes in the console, for the command line. */
export async function makeToken(world) {
  const { page } = world;
  await page.goto(`${world.server.url}/account/tokens`);
  await page.getByRole("button", { name: "New token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it is for").fill("laptop");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = dialog.getByText(/^wy_/).first();
  world.token = (await token.innerText()).trim();
  await picture(page, "token");
  await dialog.getByRole("button", { name: "Done" }).click();
}

/** A workspace made from a file by the command line, and one instance's stop by the API, while a page stands open. */
export async function showsChanges(world) {
  const { page, server } = world;
  await page.goto(`${server.url}/orgs/default/projects/vision/workspaces`);
  await heading(page, "Workspaces");
  await page.getByRole("link", { name: "Defect detection", exact: true }).waitFor();
  await page.evaluate(() => {
    window.stillTheSamePage = true;
  });
  await server.command(world.token, ["apply", "--org", "default", "--project", "vision", "-f", "-"], `apiVersion: warpyard.io/v1
kind: Workspace
metadata:
  name: wafer-labels
  display_name: Wafer labels
  description: Sorting what the cameras saw
spec: {}
`);
  await page.getByRole("link", { name: "Wafer labels", exact: true }).waitFor();
  await server.api(world.token, "DELETE", "/orgs/default/projects/vision/workspaces/wafer-labels");
  await page.getByRole("link", { name: "Wafer labels", exact: true }).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => window.stillTheSamePage), true, "the page was not loaded again");
  await go(page, "Home");
}
