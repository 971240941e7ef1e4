// The Developer Hub's flows beside the main job: finding, sharing, repeating and ending many things at once.
import assert from "node:assert/strict";
import { go, heading, openCard, untilState } from "./console.js";
import { expectPath } from "./expect.js";
import { axe, look, picture } from "./look.js";
import { steps } from "./steps.js";

const PROJECT = "orgs/default/projects/vision";
const WORKSPACE = `${PROJECT}/workspaces/defect-detection`;

/** The name of the launch form. */
const nameField = (page) => page.getByRole("textbox", { name: /^Name( |$)/ });

export async function hub(t, world) {
  const { page, server } = world;
  const step = steps(t, world);
  await step("a card is marked, stands first, and still does after a reload", async () => {
    await go(page, "Catalogue");
    const stored = page.waitForResponse((answer) => answer.url().endsWith("/me/preferences") && answer.request().method() === "PUT");
    await page.getByRole("button", { name: "Add Terminal to favourites" }).click();
    const shelf = page.locator("section", { has: page.getByRole("heading", { name: /^Favourites/ }) });
    await shelf.getByRole("link", { name: "Terminal", exact: true }).waitFor();
    assert.equal((await stored).status(), 200);
    await page.reload();
    await shelf.getByRole("link", { name: "Terminal", exact: true }).waitFor();
    await look(page, "catalogue-favourites");
  });
  await step("filters narrow the catalogue and stand in its address", async () => {
    await page.getByRole("combobox", { name: "GPU" }).selectOption({ label: "With GPU" });
    await page.getByRole("link", { name: "Terminal", exact: true }).waitFor({ state: "detached" });
    assert.match(page.url(), /gpu=any/);
    await page.getByRole("combobox", { name: "GPU" }).selectOption({ label: "Any or no GPU" });
  });
  await step("a wrong name is said when the field is left, and not before", async () => {
    await openCard(page, "Terminal");
    await nameField(page).fill("Not A Name");
    assert.equal(await page.getByRole("main").getByRole("alert").count(), 0, "nothing is said while typing");
    await page.keyboard.press("Tab");
    await page.getByRole("main").getByRole("alert").waitFor();
    await picture(page, "launch-left-field");
  });
  await step("how a launch ended is told by the bell", async () => {
    await nameField(page).fill("first-box");
    await page.getByLabel("Display name").fill("First box");
    await page.getByRole("button", { name: /^Launch/ }).click();
    await expectPath(page, /\/first-box$/);
    await untilState(page, "Running", 60_000);
    await page.getByRole("button", { name: /^Notifications, \d+ unread/ }).click();
    const told = page.getByRole("dialog", { name: "Notifications" }).getByRole("link", { name: /First box is ready/ });
    await told.waitFor();
    await axe(page, "notifications");
    await picture(page, "notifications");
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
    await told.click();
    await expectPath(page, /\/first-box$/);
  });
  await step("it is renamed and duplicated", async () => {
    await page.getByRole("main").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    await page.getByRole("dialog").getByLabel("Display name").fill("Scratch box");
    await page.keyboard.press("Enter");
    await heading(page, "Scratch box");
    await page.getByRole("main").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    await page.getByText("The answers of Scratch box are filled in.").waitFor();
    assert.equal(await page.getByLabel("Display name").inputValue(), "Scratch box (copy)");
    await nameField(page).fill("second-box");
    await look(page, "launch-duplicate");
    // The answer is lost on its way: launching again finds what the first time made, and no taken name.
    world.guard.expect(/ERR_FAILED/);
    const launches = (url) => url.pathname.endsWith("/service-instances");
    await page.route(launches, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      await route.fetch();
      await route.abort();
      return page.unroute(launches);
    });
    await page.getByRole("button", { name: /^Launch/ }).click();
    await page.getByText(/The server does not answer/).first().waitFor();
    await page.getByRole("button", { name: /^Launch/ }).click();
    await expectPath(page, /\/second-box$/);
    await untilState(page, "Running", 60_000);
  });
  await step("a link fills the form in and launches nothing", async () => {
    const count = async () => (await server.api(world.token, "GET", "/service-instances?org=default&project=vision")).total;
    const before = await count();
    await page.goto(`${server.url}/${PROJECT}/catalogue/services/terminal/launch?inputs=${encodeURIComponent(JSON.stringify({ no_such_field: 1 }))}`);
    await page.getByText("A link filled in answers.").waitFor();
    await page.getByRole("button", { name: /^Launch/ }).waitFor();
    await page.getByRole("button", { name: "Start empty" }).click();
    await page.getByText("A link filled in answers.").waitFor({ state: "detached" });
    assert.equal(await count(), before);
  });
  await step("filters of the instance list are saved under a name", async () => {
    await page.goto(`${server.url}/${PROJECT}/instances?phase=running&mine=true`);
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("menuitem", { name: "Save these filters…" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("Mine that run");
    const stored = page.waitForResponse((answer) => answer.url().endsWith("/me/preferences") && answer.request().method() === "PUT");
    await page.keyboard.press("Enter");
    await stored;
    await page.goto(`${server.url}/${PROJECT}/instances`);
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("menuitem", { name: "Mine that run" }).click();
    await page.waitForURL(/phase=running/);
    await look(page, "instances-filtered");
  });
  await step("the palette finds an instance by its name, and the tabs of what one looks at", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("second-box");
    await page.getByRole("option", { name: /^Scratch box \(copy\)/ }).waitFor();
    await axe(page, "palette");
    await page.keyboard.press("Enter");
    await expectPath(page, /\/second-box$/);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("events");
    await page.getByRole("option", { name: /Events/ }).first().waitFor();
    await page.keyboard.press("Enter");
    await expectPath(page, /\/second-box\/events$/);
  });
  await step("notes are written as Markdown and read as text with headings", async () => {
    await page.goto(`${server.url}/${WORKSPACE}/notes`);
    await page.getByRole("button", { name: "Write notes" }).click();
    await page.getByRole("textbox", { name: "Notes" }).fill("# Wafers\n\nAsk **Ana** before deleting checkpoints.");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("heading", { name: "Wafers" }).waitFor();
    await page.getByRole("button", { name: "Save notes" }).click();
    await page.getByRole("button", { name: "Edit notes" }).waitFor();
    await page.getByRole("heading", { name: "Wafers" }).waitFor();
    await look(page, "workspace-notes-written");
  });
  await step("an administrator stops both in Studio, and each says what became of it", async () => {
    const { adminPage } = world;
    await adminPage.goto(`${server.url}/${PROJECT}/studio/hub/instances?search=box`);
    const boxes = ["Scratch box", "Scratch box (copy)"].map((title) => adminPage.getByRole("checkbox", { name: `Select ${title}`, exact: true }));
    for (const box of boxes) await box.check();
    await adminPage.getByRole("button", { name: "Stop…", exact: true }).click();
    const dialog = adminPage.getByRole("dialog", { name: "Stop 2 instances" });
    await axe(adminPage, "stopping many in Studio");
    await lateLists(adminPage, (answer) => answer.items.every(({ status }) => status.phase !== "stopping"));
    await dialog.getByRole("button", { name: "Stop" }).click();
    await dialog.getByText("2 instances done.").waitFor();
    await look(adminPage, "studio-bulk-results", { dialog: true });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    for (const box of boxes) await adminPage.getByRole("row").filter({ has: box }).getByText("Stopped").waitFor();
    await adminPage.unrouteAll({ behavior: "wait" });
  });
  await step("both boxes are deleted at once, and each says what became of it", async () => {
    await page.goto(`${server.url}/${PROJECT}/instances?search=box&kind=services`);
    await page.getByRole("row", { name: /second-box/ }).waitFor();
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await page.getByRole("button", { name: "Delete…" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete 2 instances" });
    await dialog.getByRole("textbox").fill("delete");
    await axe(page, "deleting many");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByText("2 instances done.").waitFor();
    await picture(page, "bulk-results");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByText("No row fits the search and filters.").waitFor();
  });
}

/** From now on lists of services arrive only when the server has gone on from what they say, as on a slow network. */
async function lateLists(page, wentOn) {
  await page.route(/\/service-instances\?/, async (route) => {
    const answer = await route.fetch();
    while (!wentOn(await (await page.request.get(route.request().url())).json())) await new Promise((resolve) => setTimeout(resolve, 50));
    await route.fulfill({ response: answer });
  });
}
