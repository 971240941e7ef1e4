// An organization's identity provider, a real one: its administrator sets it up, and somebody without an account signs in with it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PATIENCE_MS } from "./browser.js";
import { go, heading } from "./console.js";
import { expectPath } from "./expect.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

const SECRET = "a secret of the client";
const ADA = { login: "ada", email: "ada@example.com", email_verified: true, name: "Ada Lovelace", groups: ["ML Engineers"] };

/** Starts a provider that knows the console; it ends with its standard input. */
async function startProvider(url) {
  const at = `${url}/api/v1/orgs/default/sign-in/company`;
  const client = { redirect_uris: [`${at}/callback`], post_logout_redirect_uris: [`${url}/sign-in`], backchannel_logout_uri: `${at}/back-channel-logout` };
  const program = fileURLToPath(new URL("identity-provider.js", import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(client)], { stdio: ["pipe", "pipe", "ignore"] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const { issuer, control } = JSON.parse(line);
    return { issuer, tell: (what, body) => fetch(`${control}/${what}`, { method: "POST", body: JSON.stringify(body) }), stop: () => child.kill() };
  }
  throw new Error("the identity provider did not start");
}

export async function sso(t, world) {
  const step = steps(t, world);
  const { server, adminPage } = world;
  const company = await startProvider(server.url);
  await company.tell("account", ADA);
  const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", locale: "en-GB" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();

  await step("the company's provider is made and asked", async () => {
    await adminPage.goto(`${server.url}/orgs/default/admin/sign-in`);
    await heading(adminPage, "Sign-in");
    await adminPage.getByRole("button", { name: "New provider" }).first().click();
    const dialog = adminPage.getByRole("dialog");
    await dialog.getByLabel("Display name").fill("Company");
    await dialog.getByLabel("Issuer").fill(company.issuer);
    await dialog.getByLabel("Client id").fill("warpyard");
    await dialog.getByLabel("Client secret").fill(SECRET);
    await dialog.getByLabel("Domains of mail addresses").fill("example.com");
    await dialog.getByLabel("Make accounts for people who sign in for the first time").check();
    await dialog.getByLabel("Scopes").fill("email profile groups offline_access");
    await look(adminPage, "identity-provider", { dialog: true });
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await look(adminPage, "identity-providers");
    await adminPage.getByRole("button", { name: "Actions for Company" }).click();
    await adminPage.getByRole("menuitem", { name: "Edit…" }).click();
    await dialog.getByRole("button", { name: "Test connection" }).click();
    await dialog.getByText("The provider answers, and calls itself by this issuer.").waitFor();
    assert.equal(await dialog.getByLabel("Client secret").inputValue(), "");
    await look(adminPage, "identity-provider-tested", { dialog: true });
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });
  await step("somebody without an account signs in with it", async () => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole("button", { name: "Sign in with an organization" }).click();
    await page.getByLabel("Organization").fill("nowhere");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("There is no sign-in of an organization called nowhere.").waitFor();
    await page.getByLabel("Organization").fill("default");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("link", { name: "Sign in with Company" }).waitFor();
    await look(page, "sign-in-organization");
    await page.getByRole("link", { name: "Sign in with Company" }).click();
    await page.getByLabel("Login").fill(ADA.login);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.goto(`${server.url}/account/identities`);
    await page.getByRole("table").getByText("by your organization").waitFor();
    await look(page, "identities");
  });
  await step("signing out leads to the provider and back", async () => {
    await page.getByRole("button", { name: "Ada Lovelace" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await expectPath(page, /\/sign-in$/);
  });
  await step("a refusal is said on the sign-in page", async () => {
    await company.tell("account", { ...ADA, login: "eve", email: "eve@elsewhere.example" });
    await page.goto(`${server.url}/api/v1/orgs/default/sign-in/company`);
    await page.getByLabel("Login").fill("eve");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").getByText("Your mail address is none of those").waitFor();
    await look(page, "sign-in-refused");
  });
  await step("the provider is removed", async () => {
    await go(adminPage, "Sign-in");
    await adminPage.getByRole("button", { name: "Actions for Company" }).click();
    await adminPage.getByRole("menuitem", { name: "Delete…" }).click();
    await adminPage.getByRole("dialog").getByRole("button", { name: "Delete provider" }).click();
    await adminPage.getByText("No identity providers yet").waitFor();
  });
  await context.close();
  company.stop();
}
