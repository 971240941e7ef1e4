// The main job: an administrator offers JupyterLab, a developer works in it.
import assert from "node:assert/strict";
import { acceptInvitation, giveRole, go, heading, invite, launch, launchIntoProject, makeProject, makeWorkspace, openCard, setUp, tab, untilState } from "./console.js";
import { expectPath } from "./expect.js";
import { upgradeWithout } from "./gateway.js";
import { findsFile, openLab, runInNewNotebook, saveAs } from "./jupyter.js";
import { look, picture } from "./look.js";
import { steps } from "./steps.js";
import { typeAndSee } from "./terminal.js";

export const ANA = { name: "Ana Ruiz", email: "ana@example.com", password: "correct horse battery staple" };
export const NOOR = { name: "Noor Haddad", email: "noor@example.com", password: "seven quiet lanterns drifting" };

const CELL = "import os; print('visible devices:', os.environ['CUDA_VISIBLE_DEVICES'])";
const NOTEBOOK = "training.ipynb";

/** The first time, JupyterLab's environment is installed from PyPI. */
const FIRST_START_MS = 120_000;

/** @param t the test's context @param world the server, the browser, the guard and the people's pages */
export async function mainJob(t, world) {
  const { server, browser, guard } = world;
  const step = steps(t, world);
  await administrator(step, world);
  await developer(step, world);
  await step("a stranger gets no byte of the app", async () => {
    const context = await guard.person(browser);
    const page = await context.newPage();
    const bodies = [];
    page.on("response", async (response) => {
      if (new URL(response.url()).host === world.app.host) bodies.push({ status: response.status(), type: response.headers()["content-type"] });
    });
    await page.goto(world.app.href);
    await expectPath(page, /^\/sign-in$/);
    assert.equal(new URL(page.url()).host, new URL(server.url).host, "the stranger is at the console");
    assert.ok(bodies.length > 0 && bodies.every(({ status }) => status >= 300 && status < 400), `the app's origin only redirects: ${JSON.stringify(bodies)}`);
    await heading(page, "Sign in");
    await look(page, "sign-in");
    const socket = await upgradeWithout(server.port, world.app.hostname, "/api/events/subscribe");
    assert.equal(socket.status, 401, "a WebSocket without a session is refused");
    assert.doesNotMatch(socket.body, /jupyter/i);
    await context.close();
  });
  await again(step, world);
}

async function administrator(step, world) {
  await step("the first-admin link sets the administrator up", async () => {
    world.admin = await world.guard.person(world.browser);
    const page = (world.adminPage = await world.admin.newPage());
    await setUp(page, world.server, ANA, (at) => look(at, "setup"));
    await heading(page, "PaaS Studio");
    const checklist = page.getByRole("region", { name: "First hour" });
    await checklist.getByText("0 of 4 done").waitFor();
    await look(page, "studio-first-hour");
  });
  await step("the administrator makes the project vision", async () => {
    const page = world.adminPage;
    await makeProject(page, { title: "Vision", name: "vision" });
    await look(page, "project");
    await page.getByRole("link", { name: "Open in PaaS Studio" }).click();
    await heading(page, "PaaS Studio");
  });
  await step("JupyterLab, a GPU size and a terminal box are launched into it", async () => {
    const page = world.adminPage;
    await launchIntoProject(page, "JupyterLab", (at, part) => (part === "profile" ? look(at, "system-profile") : picture(at, `launch-into-projects-${part}`)));
    await launchIntoProject(page, "One GPU");
    await launchIntoProject(page, "Terminal");
    await go(page, "System profiles");
    await look(page, "system-profiles");
    await go(page, "PaaS Studio");
    await page.getByRole("region", { name: "First hour" }).getByText("2 of 4 done").waitFor();
  });
  await step("a second person is invited as a developer", async () => {
    const page = world.adminPage;
    world.invitation = await invite(page, NOOR, (at) => picture(at, "sign-in-link"));
    await giveRole(page, NOOR.name, { role: "Developer", project: "Vision" });
    await page.getByRole("table").getByText("Developer").waitFor();
    await look(page, "user");
  });
}

async function developer(step, world) {
  await step("the developer opens the link, sets a password and sees the cards", async () => {
    world.developer = await world.guard.person(world.browser);
    const page = (world.page = await world.developer.newPage());
    await acceptInvitation(page, world.invitation, NOOR.password, (at) => look(at, "welcome"));
    await heading(page, `Hello, ${NOOR.name}`);
    await look(page, "hub-home-empty");
    await go(page, "Catalogue");
    for (const card of ["JupyterLab", "One GPU", "Terminal"]) await page.getByRole("link", { name: card, exact: true }).waitFor();
    await look(page, "catalogue");
  });
  await step("the developer makes a workspace and a compute instance with one GPU", async () => {
    const page = world.page;
    await makeWorkspace(page, { title: "Defect detection", name: "defect-detection", description: "Finding scratches on wafers" });
    await look(page, "workspace-empty");
    await openCard(page, "One GPU");
    await look(page, "launch-compute");
    await launch(page, { name: "gpu-1", title: "Noor's GPU" });
    await untilState(page, "Running");
    await page.getByText("simulated").first().waitFor();
    await look(page, "compute-instance");
  });
  await step("JupyterLab is launched on it, and its steps are watched", async () => {
    const page = world.page;
    await openCard(page, "JupyterLab");
    await page.getByText("An existing compute instance", { exact: true }).click();
    await page.getByRole("combobox", { name: "Compute instance" }).click();
    await page.getByRole("option", { name: /Noor's GPU|gpu-1/ }).click();
    await look(page, "launch-service");
    await launch(page, { name: "wafer-notebook", title: "Wafer notebook" });
    // The bar moves by itself while the packages come in.
    const progress = page.getByRole("progressbar", { name: "JupyterLab" });
    const first = Number(await progress.getAttribute("value"));
    await page.waitForFunction((before) => (document.querySelector("progress[aria-label=JupyterLab]")?.value ?? 1) > before + 0.1, first, { timeout: FIRST_START_MS });
    await picture(page, "instance-working");
    await untilState(page, "Running", FIRST_START_MS);
    for (const done of ["JupyterLab", "Python packages"]) await page.getByRole("listitem").filter({ hasText: new RegExp(`^${done} — done`) }).waitFor();
    await look(page, "instance");
  });
  await step("the notebook opens on its own origin and its cell prints the GPU it was given", async () => {
    const { lab, kernel } = await openLab(world.page);
    world.app = new URL(lab.url());
    assert.doesNotMatch(lab.url(), /code|token/, "the one-time code is gone from the address");
    const printed = await runInNewNotebook(lab, CELL);
    assert.match(printed, /^visible devices: [0-3]$/);
    for (const { url } of kernel) assert.equal(new URL(url).host, world.app.host, "kernels are reached through the app's own origin");
    assert.ok(kernel.some(({ received }) => received > 3), `the kernel's messages came over a WebSocket: ${JSON.stringify(kernel)}`);
    await saveAs(lab, NOTEBOOK);
    await picture(lab, "jupyterlab");
    await lab.close();
  });
  await step("the terminal tab sees the file", async () => {
    const page = world.page;
    await tab(page, "Terminal");
    await typeAndSee(page, "ls *.ipynb", NOTEBOOK);
    await look(page, "instance-terminal");
    await tab(page, "Logs");
    await page.getByLabel("Search logs").fill("is running at");
    await page.getByRole("log").getByText(/Jupyter Server .* is running at/).waitFor();
    await page.getByLabel("Search logs").fill("");
    await look(page, "instance-logs");
  });
}

async function again(step, world) {
  await step("stopped and started again, the file is still there", async () => {
    const page = world.page;
    await tab(page, "Overview");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
    await untilState(page, "Stopped");
    await look(page, "instance-stopped");
    await page.getByRole("button", { name: "Start" }).click();
    await untilState(page, "Running", FIRST_START_MS);
    const { lab } = await openLab(page);
    await findsFile(lab, NOTEBOOK);
    await lab.close();
  });
}

/** The service, then what it ran on; afterwards nothing is held any more. */
export async function deleteEverything(world) {
  const { page, adminPage, server } = world;
  const workspace = `${server.url}/orgs/default/projects/vision/workspaces/defect-detection`;
  await page.goto(`${workspace}/instances/wafer-notebook`);
  await confirmDelete(page, "delete-service");
  await page.getByRole("link", { name: /^Wafer notebook/ }).waitFor({ state: "detached" });
  await page.goto(`${workspace}/compute/gpu-1`);
  await confirmDelete(page, "delete-compute", "gpu-1");
  await page.getByText("No instances yet").waitFor();
  await adminPage.goto(`${server.url}/orgs/default/admin/targets/local`);
  await adminPage.getByText("0 of 4", { exact: true }).waitFor();
}

async function confirmDelete(page, name, typed) {
  await page.getByRole("main").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await picture(page, name);
  if (typed) await dialog.getByRole("textbox").fill(typed);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expectPath(page, /\/workspaces\/defect-detection$/);
}
