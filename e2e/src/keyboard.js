// A terminal box launched and used without ever touching a mouse.
import assert from "node:assert/strict";
import { heading, untilState } from "./console.js";
import { expectPath } from "./expect.js";
import { picture } from "./look.js";
import { typeAndSee } from "./terminal.js";

/** No page needs more presses to reach its main thing. */
const MOST_PRESSES = 80;

/** Presses Tab until something is focused, as somebody without a mouse does. */
export async function tabTo(page, locator) {
  await locator.waitFor();
  for (let press = 0; press < MOST_PRESSES; press += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab did not reach ${locator} in ${MOST_PRESSES} presses`);
}

export async function keyboardOnly(world) {
  const { page } = world;
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("Terminal");
  await page.getByRole("option", { name: /Terminal/ }).first().waitFor();
  await picture(page, "palette");
  await page.keyboard.press("Enter");
  await heading(page, "Launch Terminal");
  const name = page.getByRole("textbox", { name: /^Name( |$)/ });
  await tabTo(page, name);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("scratch-box");
  await tabTo(page, page.getByRole("button", { name: /^Launch/ }));
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(ring, "none", "the focused button shows a ring");
  await page.keyboard.press("Enter");
  await expectPath(page, /\/instances\/scratch-box$/);
  await untilState(page, "Running", 60_000);
  await tabTo(page, page.getByRole("link", { name: "Terminal", exact: true }));
  await page.keyboard.press("Enter");
  // A terminal takes the focus by itself when it is open.
  await page.getByRole("application", { name: "Terminal" }).locator("textarea:focus").waitFor();
  await typeAndSee(page, "echo $((6 * 7)) wafers", "42 wafers");
  await picture(page, "keyboard-terminal");
}

/** Deletes the instance on whose page one is, by keyboard as well. */
export async function deleteByKeyboard(world) {
  const { page } = world;
  await page.goto(`${world.server.url}/orgs/default/projects/vision/workspaces/defect-detection/instances/scratch-box`);
  await tabTo(page, page.getByRole("main").getByRole("button", { name: "More" }));
  await page.keyboard.press("Enter");
  // What destroys stands last.
  const last = page.getByRole("menuitem", { name: "Delete…" });
  await last.waitFor();
  await page.keyboard.press("End");
  await page.waitForFunction((item) => item === document.activeElement, await last.elementHandle());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Delete" }));
  await page.keyboard.press("Enter");
  await expectPath(page, /\/workspaces\/defect-detection$/);
  await page.getByRole("link", { name: /^scratch-box/ }).waitFor({ state: "detached" });
}
