// How long a key takes to be seen in forms of two hundred fields: `npm run typing`, on a quiet machine, prints the figures that
// docs/designer.md keeps.
import { Guard, launchBrowser } from "./browser.js";
import { ask, heading, makeProject, setUp } from "./console.js";
import { ANA } from "./main-job.js";
import { Server } from "./server.js";

const FIELDS = 200;
const PROJECT = "orgs/default/projects/vision";
const STUDIO = `${PROJECT}/studio`;
const TEXT = "the quick brown fox jumps over the lazy dog and goes on to the next one";
/** Between two keys, as a quick typist does. */
const PAUSE_MS = 60;

const inputs = Array.from({ length: FIELDS }, (_, index) => {
  const common = { name: `field_${index}`, label: `Field ${index}`, section: `Section ${Math.floor(index / 20)}`, order: index, help: "What it is for, in one line." };
  switch (index % 5) {
    case 1:
      return { ...common, type: "integer", default: index, min: 0, max: 1000 };
    case 2:
      return { ...common, type: "choice", default: "a", choices: ["a", "b", "c"].map((value) => ({ value, label: `Choice ${value}` })) };
    case 3:
      return { ...common, type: "boolean", default: false };
    case 4:
      return { ...common, type: "text", visible_when: `inputs.field_${index - 1} == false` };
    default:
      return { ...common, type: "text", default: "" };
  }
});
const TEMPLATE = {
  metadata: { name: "wide", display_name: "Wide" },
  spec: { target_type: "process", workload: "service", versions: [{ version: "1.0.0", state: "active", inputs, process: { command: ["sleep", "infinity"] } }] },
};
const PROFILE = { metadata: { name: "wide", display_name: "Wide" }, spec: { card: {}, template: { name: "wide", version: "1.0.0" }, compute: { profiles: [] }, sharing: { all_projects: false } } };

/** From each key to the moment the frame after it is there. */
async function typed(page, field) {
  await field.click();
  await page.keyboard.press("End");
  await page.evaluate(() => {
    window.keyTimes = [];
    window.onKey ??= (event) => {
      const began = event.timeStamp;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.keyTimes.push(performance.now() - began);
        port2.postMessage(0);
      });
    };
    window.addEventListener("keydown", window.onKey, { capture: true });
  });
  await page.keyboard.type(TEXT, { delay: PAUSE_MS });
  await page.waitForFunction((count) => window.keyTimes.length >= count, TEXT.length);
  const times = await page.evaluate(() => {
    window.removeEventListener("keydown", window.onKey, { capture: true });
    return window.keyTimes;
  });
  const sorted = times.sort((a, b) => a - b);
  const share = (part) => `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))])} ms`;
  return `${share(0.5)} | ${share(0.95)} | ${share(1)}`;
}

const server = await Server.start();
const browser = await launchBrowser();
try {
  const context = await new Guard(server).person(browser);
  const page = await context.newPage();
  await setUp(page, server, ANA);
  await heading(page, "PaaS Studio");
  await makeProject(page, { title: "Vision", name: "vision" });
  await ask(page, "POST", "/orgs/default/environment-templates", TEMPLATE);
  await ask(page, "POST", `/${PROJECT}/service-profiles`, PROFILE);
  await ask(page, "POST", `/${PROJECT}/service-profiles/wide/publish`, { note: "First version" });
  console.log("| typing in | median | 95 % | most |\n| --- | --- | --- | --- |");
  await page.goto(`${server.url}/${PROJECT}/catalogue/services/wide/launch`);
  await page.getByLabel("Field 0", { exact: true }).waitFor();
  console.log(`| a field of the launch form | ${await typed(page, page.getByLabel("Field 0", { exact: true }))} |`);
  console.log(`| a field at its end | ${await typed(page, page.getByLabel("Field 195", { exact: true }))} |`);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.goto(`${server.url}/${STUDIO}/profiles/services/wide?part=inputs`);
  await page.getByRole("complementary", { name: "Preview" }).getByLabel("Field 0", { exact: true }).waitFor();
  await page.getByRole("main").getByRole("button", { name: /^Field 0/ }).first().click();
  console.log(`| a rule's label | ${await typed(page, page.locator("main input[placeholder=\"Field 0\"]").first())} |`);
  console.log(`| a rule's help | ${await typed(page, page.getByRole("main").getByLabel(/^Help/).first())} |`);
  console.log(`| a field of the preview | ${await typed(page, page.getByRole("complementary", { name: "Preview" }).getByLabel("Field 5", { exact: true }))} |`);
  await page.goto(`${server.url}/${STUDIO}/profiles/services/wide?part=card`);
  await page.getByRole("complementary", { name: "Preview" }).getByLabel("Field 5", { exact: true }).waitFor();
  console.log(`| the title | ${await typed(page, page.getByLabel("Title").first())} |`);
} finally {
  await browser.close();
  await server.stop();
}
