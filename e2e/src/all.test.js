// The whole run: one server, one browser, the main job, and then what must hold on every page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Guard, launchBrowser } from "./browser.js";
import { mainJob } from "./main-job.js";
import { Server } from "./server.js";

/** What the tests hand on to each other: the server, the browser, and the people with their pages. */
const world = {};

before(async () => {
  world.server = await Server.start();
  world.browser = await launchBrowser();
  world.guard = new Guard(world.server);
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
});

test("an administrator offers JupyterLab and a developer works in it", (t) => mainJob(t, world));

test("no page reported an error or asked another host", () => {
  assert.deepEqual(world.guard.problems(), []);
});
