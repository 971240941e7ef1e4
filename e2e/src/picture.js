// Draws the pictures of docs/pictures/: the console with a team's work in it, from a real server. `npm run picture`.
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Guard, launchBrowser } from "./browser.js";
import { acceptInvitation, heading, setUp, untilState } from "./console.js";
import { openLab, runInNewNotebook, saveAs } from "./jupyter.js";
import { settled } from "./look.js";
import { Server } from "./server.js";

const PICTURES = fileURLToPath(new URL("../../docs/pictures", import.meta.url));

/** Pictures are loaded by everybody who looks at the repository. */
const LARGEST_BYTES = 300_000;

const ORG = "aurora-labs";
const PROJECT = `/orgs/${ORG}/projects/vision`;
const OFFERED = ["jupyterlab", "code-server", "terminal", "tensorboard", "mlflow", "batch-job", "llm", "gpu-one", "gpu-multi", "cpu-medium"];
const PEOPLE = [
  { name: "noor-haddad", title: "Noor Haddad", role: "developer" },
  { name: "jonas-weber", title: "Jonas Weber", role: "developer" },
  { name: "mei-tanaka", title: "Mei Tanaka", role: "project_admin" },
];

async function save(page, name) {
  await settled(page);
  const file = path.join(PICTURES, `${name}.png`);
  // Focus rings and hovers belong to whoever uses it, not to a picture.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: file, animations: "disabled" });
  const { size } = await stat(file);
  if (size > LARGEST_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${LARGEST_BYTES}`);
  console.log(`${name}.png: ${Math.round(size / 1000)} kB`);
}

/** The administrator's token, made with the session of their page. */
function tokenOf(page) {
  return page.evaluate(async () => {
    const answer = await fetch("/api/v1/me/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "pictures", expires_in_seconds: 3_600 }),
    });
    return (await answer.json()).token;
  });
}

/** An organization with a team, what it is offered, and what of it runs. */
async function furnish(server, token) {
  const make = (address, name, title, spec = {}, description = "") =>
    server.api(token, "POST", address, { metadata: { name, display_name: title, description }, spec });
  await make("/orgs", ORG, "Aurora Labs");
  await make(`/orgs/${ORG}/projects`, "vision", "Vision", {}, "Seeing defects before they ship");
  await make(`/orgs/${ORG}/projects`, "speech", "Speech");
  for (const { name, title, role } of PEOPLE) {
    await make("/users", name, title, { email: `${name}@aurora-labs.example`, active: true });
    await make(`${PROJECT}/role-bindings`, `${name}-${role.replace("_", "-")}`, "", { user: name, role });
  }
  for (const name of OFFERED) await server.api(token, "POST", `/system-profiles/${name}/launch`, { org: ORG, projects: ["vision"], all_projects: false });
  const workspace = `${PROJECT}/workspaces`;
  await make(workspace, "defect-detection", "Defect detection", {}, "Finding scratches on wafers");
  const compute = `${workspace}/defect-detection/compute-instances`;
  await make(compute, "wafer-gpu", "Wafer GPU", { profile: { name: "gpu-one" }, owner: "noor-haddad", inputs: { gpu_model: "A100-80GB" } });
  await make(compute, "sweep-gpu", "Sweep GPU", { profile: { name: "gpu-one" }, owner: "jonas-weber", inputs: { gpu_model: "A100-80GB" } });
  await make(`${workspace}/defect-detection/role-bindings`, "noor-haddad", "", { user: "noor-haddad", role: "workspace_admin" });
}

async function draw(server, browser) {
  const guard = new Guard(server);
  const admin = await (await guard.person(browser)).newPage();
  await setUp(admin, server, { name: "Ana Ruiz", email: "ana@aurora-labs.example", password: "correct horse battery staple" });
  await heading(admin, "PaaS Studio");
  const token = await tokenOf(admin);
  await furnish(server, token);

  const page = await (await guard.person(browser)).newPage();
  const { url } = await server.api(token, "POST", "/users/noor-haddad/sign-in-link");
  await acceptInvitation(page, new URL(url, server.url).href, "seven quiet lanterns drifting");
  await heading(page, "Hello, Noor Haddad");
  await page.goto(`${server.url}${PROJECT}/catalogue`);
  await page.getByRole("link", { name: "JupyterLab", exact: true }).waitFor();
  await save(page, "console");
  await page.goto(`${server.url}${PROJECT}/catalogue/services/jupyterlab/launch?workspace=defect-detection`);
  await heading(page, "Launch JupyterLab");
  await page.getByRole("textbox", { name: /^Name( |$)/ }).fill("wafer-notebook");
  await page.getByLabel("Display name").fill("Wafer notebook");
  await page.getByText("An existing compute instance", { exact: true }).click();
  await page.getByRole("combobox", { name: "Compute instance" }).click();
  await page.getByRole("option", { name: /Wafer GPU/ }).click();
  await save(page, "launch");

  await page.getByRole("button", { name: /^Launch/ }).click();
  await heading(page, "Wafer notebook");
  await untilState(page, "Running", 180_000);
  const { lab } = await openLab(page);
  await runInNewNotebook(lab, "import os\nprint(os.environ['CUDA_VISIBLE_DEVICES'])");
  await saveAs(lab, "scratches.ipynb");
  await lab.close();
  await save(page, "instance");

  await admin.goto(`${server.url}${PROJECT}/studio/profiles/services/jupyterlab`);
  await save(admin, "studio");

  await admin.goto(`${server.url}${PROJECT}/studio/hub/instances`);
  for (const kind of ["service-instances", "compute-instances"]) {
    const { items } = await server.api(token, "GET", `/${kind}`);
    for (const { metadata } of items) await server.api(token, "DELETE", `${PROJECT}/workspaces/defect-detection/${kind}/${metadata.name}`);
    for (const { metadata } of items) await admin.getByText(metadata.display_name, { exact: true }).waitFor({ state: "detached" });
  }
}

await mkdir(PICTURES, { recursive: true });
const server = await Server.start();
const browser = await launchBrowser();
try {
  await draw(server, browser);
} finally {
  await browser.close();
  await server.stop();
}
