// Changes made elsewhere show on open pages without a reload.
import assert from "node:assert/strict";
import { picture } from "./look.js";

/** A token that the developer makes in the console, for the command line. */
export async function makeToken(world) {
  const { page } = world;
  await page.goto(`${world.server.url}/account/tokens`);
  await page.getByRole("button", { name: "New token" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it is for").fill("laptop");
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = dialog.getByText(/^wyd_/).first();
  world.token = (await token.innerText()).trim();
  await picture(page, "token");
  await dialog.getByRole("button", { name: "Done" }).click();
}

const WORKSPACES = "/orgs/default/projects/vision/workspaces";

/** A workspace made and renamed from a file by the command line, and taken away by the API, while two people's pages stand open. */
export async function showsChanges(world) {
  const { page, adminPage, server } = world;
  await page.goto(`${server.url}${WORKSPACES}`);
  await adminPage.goto(`${server.url}/orgs/default/admin/projects/vision/workspaces`);
  for (const one of [page, adminPage]) {
    await one.getByText("Defect detection").waitFor();
    await one.evaluate(() => {
      window.stillTheSamePage = true;
    });
  }
  const apply = (title) =>
    server.command(world.token, ["apply", "--org", "default", "--project", "vision", "-f", "-"], `apiVersion: warpyard.io/v1
kind: Workspace
metadata:
  name: wafer-labels
  display_name: ${title}
  description: Sorting what the cameras saw
spec: {}
`);
  await apply("Wafer labels");
  for (const one of [page, adminPage]) await one.getByText("Wafer labels").waitFor();
  await apply("Label review");
  for (const one of [page, adminPage]) await one.getByText("Label review").waitFor();
  await server.api(world.token, "DELETE", `${WORKSPACES}/wafer-labels`);
  // Its maker hears of it too, although the right to see it went with it.
  for (const one of [page, adminPage]) await one.getByText("Label review").waitFor({ state: "detached" });
  for (const one of [page, adminPage]) assert.equal(await one.evaluate(() => window.stillTheSamePage), true, "the page was not loaded again");
}
