// What people do in the console, in the words they read there.
import assert from "node:assert/strict";
import { expectPath } from "./expect.js";

/** Follows an entry of the left rail. */
export async function go(page, entry) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: entry, exact: true }).click();
}

/** Waits for the page's own heading. */
export async function heading(page, name) {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** The first administrator, through the link the server printed. */
export async function setUp(page, server, { name, email, password }, picture) {
  await page.goto(server.setupLink);
  await heading(page, "Set up Warpyard");
  await picture?.(page);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create administrator" }).click();
}

/** Administration › Projects › New project. */
export async function makeProject(page, { title, name }) {
  await go(page, "Administration");
  await go(page, "Projects");
  await page.getByRole("button", { name: "New project" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Display name").fill(title);
  await dialog.getByRole("button", { name: "Create" }).click();
  await expectPath(page, new RegExp(`/admin/projects/${name}$`));
}

/** System profiles › one of them › Launch into projects…, into the project one is in. */
export async function launchIntoProject(page, title, picture) {
  await go(page, "System profiles");
  await page.getByRole("link", { name: title, exact: true }).click();
  await heading(page, title);
  await picture?.(page, "profile");
  await page.getByRole("button", { name: "Launch into projects…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("will be created").first().waitFor();
  await picture?.(page, "dialog");
  await dialog.getByRole("button", { name: "Launch into projects" }).click();
  await page.getByRole("dialog", { name: `${title} is offered` }).waitFor();
  await picture?.(page, "done");
  await page.getByRole("button", { name: "Done" }).click();
}

/** Administration › Users › New user; answers with the one-time link shown. */
export async function invite(page, { name, email }, picture) {
  await go(page, "Administration");
  await go(page, "Users");
  await page.getByRole("button", { name: "New user" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Display name").fill(name);
  await dialog.getByLabel("Mail address").fill(email);
  await dialog.getByRole("button", { name: "Create" }).click();
  const made = page.getByRole("dialog", { name: `${name} was created` });
  const link = await made.getByRole("code").innerText();
  await picture?.(page);
  await made.getByRole("button", { name: "Done" }).click();
  return link;
}

/** On a user's page: a role in a project. */
export async function giveRole(page, person, { role, project }) {
  await page.getByRole("link", { name: person, exact: true }).click();
  await heading(page, person);
  await page.getByRole("button", { name: "Add role binding" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Role", { exact: true }).selectOption({ label: role });
  await dialog.getByLabel("Project", { exact: true }).selectOption({ label: project });
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.waitFor({ state: "detached" });
}

/** An invited person's first sign-in. */
export async function acceptInvitation(page, link, password, picture) {
  await page.goto(link);
  await heading(page, "Welcome to Warpyard");
  await picture?.(page);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
}

/** Workspaces › New workspace. */
export async function makeWorkspace(page, { title, name, description }) {
  await go(page, "Workspaces");
  await page.getByRole("button", { name: "New workspace" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Display name").fill(title);
  await dialog.getByLabel("Description").fill(description);
  await dialog.getByRole("button", { name: "Create workspace" }).click();
  await expectPath(page, new RegExp(`/workspaces/${name}$`));
}

/** Opens a card of the catalogue. */
export async function openCard(page, title) {
  await go(page, "Catalogue");
  await page.getByRole("link", { name: title, exact: true }).click();
  await heading(page, `Launch ${title}`);
}

/** Launches the form that is open, once the server has said what it would mean. */
export async function launch(page, { name, title }) {
  await page.getByRole("textbox", { name: /^Name( |$)/ }).fill(name);
  if (title) await page.getByLabel("Display name").fill(title);
  await page.getByRole("button", { name: /^Launch/ }).click();
  await expectPath(page, new RegExp(`/${name}$`));
}

/** The state in the instance page's header. */
export async function untilState(page, state, timeout) {
  await page.getByRole("main").getByRole("status").filter({ hasText: new RegExp(`^${state}$`) }).waitFor({ timeout });
}

/** A tab of the page. */
export async function tab(page, name) {
  await page.getByRole("link", { name, exact: true }).click();
}

/** A request as the console makes it, with the person's own session. */
export async function ask(page, method, address, body) {
  const answer = await page.evaluate(
    async ([verb, path, sent]) => {
      const response = await fetch(new URL(`api/v1${path}`, document.baseURI), { method: verb, headers: { "content-type": "application/json" }, ...(sent ? { body: JSON.stringify(sent) } : {}) });
      return { ok: response.ok, text: await response.text() };
    },
    [method, address, body],
  );
  assert.ok(answer.ok, `${method} ${address}: ${answer.text}`);
  return answer.text === "" ? undefined : JSON.parse(answer.text);
}
