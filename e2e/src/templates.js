// Templates as their author meets them: written with the editor's help, imported from a module, tried, versioned and compared; and a
// group made by an administrator.
import assert from "node:assert/strict";
import { heading } from "./console.js";
import { expectPath } from "./expect.js";
import { look, picture } from "./look.js";
import { steps } from "./steps.js";

const STUDIO = "orgs/default/projects/vision/studio";
const MODULE = `variable "region" {
  type    = string
  default = "eu-1"
  validation {
    condition     = contains(["eu-1", "us-1"], var.region)
    error_message = "Only eu-1 and us-1."
  }
}
variable "password" {
  type      = string
  sensitive = true
}
output "url" { value = "https://\${var.region}" }
`;

const editor = (page) => page.locator(".cm-content");
const accepted = (page) => page.getByText("The server would accept this").first().waitFor();

export async function templates(t, world) {
  const page = world.adminPage;
  const address = (path) => `${world.server.url}/${path}`;
  const step = steps(t, world);

  await step("a template is written with suggestions and precise problems", async () => {
    world.guard.expect(/422/, /422/, /422/, /422/);
    await page.goto(address(`${STUDIO}/templates/new`));
    await heading(page, "New template");
    await accepted(page);
    await editor(page).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Home");
    await page.keyboard.type("      out");
    await page.getByRole("option", { name: "outputs" }).waitFor();
    await picture(page, "template-suggestions");
    await page.keyboard.press("Enter");
    await page.keyboard.type("nmae: url");
    await page.getByText(/There is no “nmae” here. Is “name” meant\?/).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Create template" }).isDisabled(), true);
    await look(page, "template-problem");
    for (let letter = 0; letter < "nmae: url".length; letter += 1) await page.keyboard.press("Backspace");
    await page.keyboard.type("{name: url, label: Address, value: here}");
    await accepted(page);
    await page.getByRole("button", { name: "Create template" }).click();
    await expectPath(page, /\/templates\/own\/my-service$/);
  });

  await step("its inputs are edited as rows, conditions checked while typing", async () => {
    world.guard.expect(/422/, /422/, /422/, /422/);
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: "Inputs", exact: true }).click();
    await page.getByRole("button", { name: "Add input" }).click();
    await page.getByLabel("Label", { exact: false }).first().fill("Mirror");
    await page.getByLabel(/^Shown when/).fill("inputs.greeting ==");
    await page.getByText(/not a CEL expression/).first().waitFor();
    await look(page, "template-inputs");
    await page.getByLabel(/^Shown when/).fill("inputs.greeting == 'Hello'");
    await accepted(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  });

  await step("it is tried with sample values", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByLabel("Mirror").waitFor();
    await page.getByLabel("Greeting").fill("Bye");
    await page.getByLabel("Mirror").waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "What the provider would be given" }).waitFor();
    await page.getByRole("heading", { name: "Process", exact: true }).waitFor();
    await look(page, "template-try");
  });

  await step("whoever leaves with unsaved changes is asked first", async () => {
    const away = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Custom profiles", exact: true });
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: "Inputs", exact: true }).click();
    await page.getByRole("button", { name: "Add input" }).click();
    await page.getByLabel("Label", { exact: false }).first().fill("Mirrored");
    await accepted(page);
    await away.click();
    const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
    await dialog.waitFor();
    await look(page, "leave-unsaved", { dialog: true });
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("Label", { exact: false }).first().inputValue(), "Mirrored");
    // The browser's own question, where somebody closes the tab or reloads.
    const asked = page.waitForEvent("dialog");
    const reload = page.reload().catch(() => undefined);
    assert.equal((await asked).type(), "beforeunload");
    await (await asked).dismiss();
    await reload;
    await away.click();
    await dialog.getByRole("button", { name: "Leave and lose it" }).click();
    await heading(page, "Custom profiles");
    await page.goto(address(`${STUDIO}/templates/own/my-service`));
  });

  await step("an active version is frozen; a copy of it is compared", async () => {
    await page.getByRole("button", { name: "Activate…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Activate" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: "Inputs", exact: true }).click();
    await page.getByText(/is not a draft and never changes/).waitFor();
    await page.getByRole("button", { name: "Copy as new version…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Create draft version" }).click();
    await page.getByRole("button", { name: "Inputs", exact: true }).click();
    await page.getByRole("button", { name: /^Remove input_/ }).click();
    await accepted(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Unsaved changes").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("group", { name: /→/ }).getByText("label: Mirror").waitFor();
    await look(page, "template-compare");
    await page.getByRole("button", { name: "Used by" }).click();
    await page.getByText("No profile uses this template").waitFor();
  });

  await step("a module is imported, with what becomes of it before anything is stored", async () => {
    await page.goto(address(`${STUDIO}/templates/import`));
    await heading(page, "Import an OpenTofu module");
    await page.locator("input[type=file]").first().setInputFiles({ name: "module.zip", mimeType: "application/zip", buffer: zipped("bucket/variables.tf", MODULE) });
    await page.getByText("What becomes of it").waitFor();
    await page.getByText(/variable.region/).first().waitFor();
    await accepted(page);
    await look(page, "template-import");
    const before = await stored(page);
    assert.equal(before.includes("bucket"), false, "nothing is stored before it is created");
    await page.getByRole("button", { name: "Create template" }).click();
    await expectPath(page, /\/templates\/own\/bucket$/);
  });

  await step("a group is made and looked at", async () => {
    await page.goto(address("orgs/default/admin/groups"));
    await heading(page, "Groups");
    await page.getByRole("button", { name: "New group" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Display name").fill("Template authors");
    await dialog.getByRole("combobox").click();
    await page.getByRole("option", { name: /Ana/ }).click();
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("row", { name: /Template authors/ }).getByText("1 person").waitFor();
    await look(page, "admin-groups");
  });
}

/** The names of the organization's templates. */
async function stored(page) {
  const list = await page.evaluate(async () => (await fetch(new URL("api/v1/orgs/default/environment-templates", document.baseURI))).json());
  return list.items.map((template) => template.metadata.name);
}

/** An archive with one file, stored without compression. */
function zipped(name, text) {
  const [path, data] = [Buffer.from(name), Buffer.from(text)];
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, path, data]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, Buffer.alloc(14), path]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

function crc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
