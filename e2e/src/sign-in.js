// How people sign in: what the rule says of a password, an authenticator app, a passkey in Chromium's virtual authenticator, recovery
// codes, and an administrator who helps.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { PATIENCE_MS } from "./browser.js";
import { heading, invite } from "./console.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

const PERSON = { name: "Mia Sander", email: "mia@example.com", password: "eleven slow barges upstream" };

/** What an authenticator app shows for a key at a moment (RFC 6238). */
function totp(key, at) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replaceAll(" ", "")].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const offset = hash[19] & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function password(page) {
  await page.getByLabel("Mail address").fill(PERSON.email);
  await page.getByLabel("Password", { exact: true }).fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOutEverywhere(page, url) {
  await page.goto(`${url}/account/tokens`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await heading(page, "Sign in");
}

export async function signIn(t, world) {
  const step = steps(t, world);
  const { server, adminPage } = world;
  // Not under the guard: signing in and out is full of refusals, which the browser reports as errors.
  const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", locale: "en-GB" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  let codes = [];
  let key = "";

  await step("a password is judged while it is typed", async () => {
    await adminPage.goto(server.url);
    await page.goto(await invite(adminPage, PERSON));
    await heading(page, "Welcome to Warpyard");
    await page.getByLabel("Password", { exact: true }).fill("password123");
    await page.getByText(/too easy to guess/).waitFor();
    await look(page, "welcome-weak");
    await page.getByLabel("Password", { exact: true }).fill(PERSON.password);
    await page.getByText("Very hard to guess", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Set password and sign in" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  });
  await step("an authenticator app is set up", async () => {
    await page.goto(`${server.url}/account/second-factors`);
    await page.getByText("No second factor").waitFor();
    await page.getByRole("button", { name: "Add authenticator app" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password", { exact: true }).fill(PERSON.password);
    await dialog.getByRole("button", { name: "Next" }).click();
    await dialog.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    key = await dialog.getByLabel("Key", { exact: true }).innerText();
    await look(page, "totp", { dialog: true });
    await dialog.getByLabel("Code the app shows now").fill(totp(key.trim(), Date.now()));
    await dialog.getByRole("button", { name: "Confirm" }).click();
    codes = (await page.getByRole("dialog", { name: "Keep these recovery codes" }).getByLabel("Recovery codes").innerText()).trim().split("\n");
    assert.equal(codes.length, 10);
    await look(page, "recovery-codes", { dialog: true });
    await page.getByRole("button", { name: "Done" }).click();
  });
  await step("a passkey is added", async () => {
    await page.getByRole("button", { name: "Add passkey" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password", { exact: true }).fill(PERSON.password);
    await dialog.getByRole("button", { name: "Add passkey" }).click();
    await page.getByRole("table", { name: "Second factors" }).getByText("This computer").waitFor();
    await look(page, "second-factors");
  });
  await step("a passkey alone signs in", async () => {
    await signOutEverywhere(page, server.url);
    await look(page, "sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  });
  await step("a passkey, and a recovery code, come after the password", async () => {
    await signOutEverywhere(page, server.url);
    await password(page);
    await heading(page, "Second factor");
    await look(page, "second-factor");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("button", { name: "Use passkey" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await signOutEverywhere(page, server.url);
    await password(page);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0].toUpperCase());
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await page.goto(`${server.url}/account/second-factors`);
    await page.getByText("9 codes are left.").waitFor();
  });
  await step("an administrator removes what was lost", async () => {
    await adminPage.goto(`${server.url}/orgs/default/admin/users/mia-sander`);
    await heading(adminPage, PERSON.name);
    await adminPage.getByRole("button", { name: "More" }).first().click();
    await adminPage.getByRole("menuitem", { name: "Remove second factors…" }).click();
    await adminPage.getByRole("dialog").getByRole("button", { name: "Remove second factors" }).click();
    await adminPage.getByRole("dialog").waitFor({ state: "detached" });
    await page.goto(`${server.url}/sign-in`);
    await password(page);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  });
  await context.close();
}
