// The whole run: one server, one browser, the main job, and then what must hold on every page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { access } from "./access.js";
import { Guard, launchBrowser } from "./browser.js";
import { changes } from "./changes.js";
import { designer } from "./designer.js";
import { duties } from "./duties.js";
import { hub } from "./hub.js";
import { icons } from "./icons.js";
import { deleteByKeyboard, keyboardOnly } from "./keyboard.js";
import { makeToken, showsChanges } from "./live.js";
import { NOOR, deleteEverything, mainJob } from "./main-job.js";
import { everyPage } from "./pages.js";
import { parent } from "./parent.js";
import { Server } from "./server.js";
import { signIn } from "./sign-in.js";
import { sso } from "./sso.js";
import { pictured, steps } from "./steps.js";
import { templates } from "./templates.js";
import { tenants } from "./tenants.js";
import { tokens } from "./tokens.js";

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

test("every main page is accessible in light and dark and fits a narrow screen", (t) => everyPage(t, world));

test("a profile is designed for a group without documentation", (t) => designer(t, world));

test("an icon is uploaded, shown and kept while it is used", (t) => icons(t, world));

test("a group is bound until Friday, and who may do what and why is looked up", (t) => access(t, world, { person: NOOR.name }));

test("somebody asks for a role, somebody else gives it, and the review tells it", (t) => duties(t, world));

test("people sign in with a password, a code, a passkey, and get help", (t) => signIn(t, world));

test("an organization gets its look, is suspended and goes on", (t) => tenants(t, world));

test("a token does less than its owner, is rotated and revoked", (t) => tokens(t, world));
test("people sign in with their organization's identity provider", (t) => sso(t, world));

test("a template is written, imported, tried and versioned", (t) => templates(t, world));

test("a profile follows the shipped one it was made from", (t) => parent(t, world));

test("changes from the command line and the API show on an open page", async (t) => {
  const step = steps(t, world);
  await step("a token is made in the console", () => makeToken(world));
  await step("a workspace comes and goes while its list stands open", () => showsChanges(world));
});

test("the Developer Hub remembers, tells, repeats and ends", (t) => hub(t, world));

test("an instance is changed, updated, handed over and shared", (t) => changes(t, world));

test("a terminal box needs no mouse", async (t) => {
  const step = steps(t, world);
  await step("launched and used by keyboard alone", () => keyboardOnly(world));
  await step("deleted by keyboard alone", () => deleteByKeyboard(world));
});

test("deleting the service and its compute gives the GPU back", () => pictured(world, "delete", () => deleteEverything(world)));

test("the console's pages carry a strict content security policy", () => {
  const policies = world.guard.policies();
  assert.equal(policies.length, 1, `every page has the same one: ${policies.join(" | ")}`);
  assert.match(policies[0], /default-src 'none'/);
  assert.match(policies[0], /script-src 'self'(;|$)/);
  assert.doesNotMatch(policies[0], /unsafe|\*|https?:/);
});

test("no page reported an error or asked another host", () => {
  assert.deepEqual(world.guard.problems(), []);
});
