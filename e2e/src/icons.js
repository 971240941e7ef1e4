// The icon of a card: uploaded, looked at before it is kept, shown wherever the profile is, refused where it is no icon, and kept
// while a card shows it.
import assert from "node:assert/strict";
import { heading } from "./console.js";
import { look, picture } from "./look.js";
import { steps } from "./steps.js";

const STUDIO = "orgs/default/projects/vision/studio";
const LOGO = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" onload="alert(1)"><script>alert(1)</script>
  <circle cx="12" cy="12" r="10" fill="#0a7d4f"/><path d="M7 12l4 4 7-8" fill="none" stroke="#ffffff" stroke-width="3"/></svg>`;
const LAUGHS = `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg viewBox="0 0 1 1"><text>&b;</text></svg>`;
/** One red pixel. */
const DOT = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

const file = (name, mimeType, content) => ({ name, mimeType, buffer: Buffer.from(content) });
const drawn = (image) => image.evaluate(async (one) => (await one.decode(), one.naturalWidth > 0));

export async function icons(t, world) {
  const step = steps(t, world);
  const page = world.adminPage;
  const dialog = page.getByRole("dialog", { name: "Icons of the organization" });
  const chooser = dialog.getByLabel("Choose a picture…", { exact: true }).last();
  await step("what is no icon is refused, with the reason", async () => {
    await page.goto(`${world.server.url}/${STUDIO}/profiles/services/a100-notebook?part=card`);
    await heading(page, "A100 notebook");
    await page.getByRole("button", { name: "Upload…", exact: true }).click();
    // The browser reports each refusal as an error.
    world.guard.expect(/422/, /422/);
    await chooser.setInputFiles(file("laughs.svg", "image/svg+xml", LAUGHS));
    await dialog.getByText("This picture cannot be taken").waitFor();
    await dialog.getByText(/no entities of its own/).waitFor();
    await look(page, "icon-refused", { dialog: true });
    await chooser.setInputFiles(file("photo.png", "image/png", "GIF89a"));
    await dialog.getByText(/this is neither/).waitFor();
  });
  await step("an SVG is looked at without what it must not hold, then used", async () => {
    await chooser.setInputFiles(file("Vision Lab.svg", "image/svg+xml", LOGO));
    await dialog.getByText("As it will be shown").waitFor();
    await dialog.getByText("<script>, onload of <svg>").waitFor();
    assert.equal(await dialog.getByLabel("Name", { exact: false }).last().inputValue(), "vision-lab");
    await look(page, "icon-upload", { dialog: true });
    await dialog.getByRole("button", { name: "Upload and use" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("radio", { name: "vision-lab, uploaded" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: "vision-lab, uploaded" }).isChecked(), true);
    await page.getByLabel("Documentation page").fill("https://docs.example.com/vision");
    await page.getByText("Draft saved", { exact: true }).waitFor();
    const shown = page.getByRole("complementary", { name: "Preview" });
    assert.equal(await drawn(shown.locator("article img").first()), true, "the preview's card shows the picture");
    await shown.getByRole("link", { name: /^Documentation/ }).waitFor();
    await look(page, "designer-card-own-icon");
  });
  await step("it is on the card and the launch page of whom it is for", async () => {
    await page.getByRole("button", { name: "Publish…" }).click();
    const publish = page.getByRole("dialog", { name: /Publish A100 notebook/ });
    await publish.getByRole("button", { name: "Publish", exact: true }).click();
    await publish.waitFor({ state: "detached" });
    const { page: hers } = world;
    await hers.goto(`${world.server.url}/orgs/default/projects/vision/catalogue`);
    const card = hers.getByRole("article").filter({ hasText: "A100 notebook" }).first();
    assert.equal(await drawn(card.locator("img").first()), true);
    await card.getByText("A100-80GB", { exact: true }).waitFor();
    await look(hers, "catalogue-own-icon");
    await card.getByRole("link", { name: "A100 notebook", exact: true }).click();
    const link = hers.getByRole("main").getByRole("link", { name: /^Documentation/ });
    await link.waitFor();
    assert.deepEqual([await link.getAttribute("href"), await link.getAttribute("rel"), await link.getAttribute("target")], ["https://docs.example.com/vision", "noopener noreferrer", "_blank"]);
    await look(hers, "launch-own-icon");
  });
  await step("an icon on a card stays, another goes", async () => {
    await page.getByRole("button", { name: "Uploaded icons…" }).click();
    await chooser.setInputFiles(file("dot.png", "image/png", DOT));
    await dialog.getByText("As it will be shown").waitFor();
    await dialog.getByRole("button", { name: "Upload and use" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByTitle("vision-lab, uploaded").click();
    await page.getByText("Draft saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Uploaded icons…" }).click();
    world.guard.expect(/409/);
    const confirm = async (name) => {
      await dialog.getByRole("button", { name: `Delete ${name}` }).click();
      const sure = page.getByRole("dialog", { name: `Delete the icon ${name}?` });
      await sure.getByRole("button", { name: "Delete", exact: true }).click();
      await sure.waitFor({ state: "detached" });
    };
    await confirm("vision-lab");
    await dialog.getByText(/ServiceProfile \/default\/vision\/a100-notebook/).waitFor();
    await picture(page, "icon-in-use");
    await confirm("dot");
    await dialog.getByRole("button", { name: "Delete dot" }).waitFor({ state: "detached" });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
  });
}
