// What happens to an instance after its launch: other answers, a newer version of its profile, another owner, and an endpoint that
// is opened to others and closed again.
import assert from "node:assert/strict";
import { acceptInvitation, ask, giveRole, go, heading, invite, launch, openCard, tab, untilState } from "./console.js";
import { expectPath } from "./expect.js";
import { axe, look, picture } from "./look.js";
import { steps } from "./steps.js";

const LINA = { name: "Lina Park", email: "lina@example.com", password: "copper moon over still water" };
const PROJECT = "orgs/default/projects/vision";
const WORKSPACE = `${PROJECT}/workspaces/defect-detection`;
const PROBE = `${WORKSPACE}/instances/probe`;
const START_MS = 60_000;

const version = (rest) => [{ version: "1.0.0", state: "active", ...rest }];
/** A page that greets: its greeting needs a restart, its note touches nothing that runs. */
const GREETER = {
  metadata: { name: "greeter", display_name: "Greeter" },
  spec: {
    target_type: "process",
    workload: "service",
    versions: version({
      inputs: [
        { name: "greeting", type: "text", label: "Greeting", required: true, default: "Hello", max_length: 80, mutable: true },
        { name: "times", type: "integer", label: "Times", default: 1, min: 1, max: 100, mutable: true },
        { name: "note", type: "text", label: "Note", help: "For whoever looks at it.", mutable: true },
        { name: "colour", type: "choice", label: "Colour", default: "grey", choices: [{ value: "grey", label: "Grey" }, { value: "green", label: "Green" }] },
      ],
      process: {
        requires: ["python3"],
        files: [{ path: "site/index.html", content: "<!doctype html><html lang=en><meta charset=utf-8><title>Greeter</title><h1>{{ inputs.greeting }} × {{ inputs.times }}</h1>", overwrite: true }],
        command: ["python3", "-m", "http.server", "8000", "--bind", "127.0.0.1", "--directory", "/home/warpyard/site"],
      },
      endpoints: [{ name: "page", title: "Page", port: 8000, share: "project" }],
      readiness: { endpoint: "page", path: "/", timeout_seconds: 30 },
    }),
  },
};
const SLOTS = {
  metadata: { name: "slots", display_name: "Slots" },
  spec: {
    target_type: "process",
    workload: "compute",
    versions: version({ inputs: [{ name: "cores", type: "integer", label: "Cores", default: 1, min: 1, max: 4, mutable: true }], process: {} }),
  },
};
const COMPUTE_PROFILE = {
  metadata: { name: "slots", display_name: "Slots" },
  spec: {
    card: {},
    template: { name: "slots", version: "1.0.0" },
    size: { cpu_millis: "{{ inputs.cores * 1000 }}", memory_bytes: "1GiB" },
    sharing: { all_projects: false },
  },
};
const SERVICE_PROFILE = {
  metadata: { name: "greeter", display_name: "Greeter" },
  spec: { card: {}, template: { name: "greeter", version: "1.0.0" }, compute: { profiles: ["slots"] }, sharing: { all_projects: false } },
};

const plan = (page) => page.getByRole("complementary", { name: "What will happen" });
const app = async (page, greeting) => {
  const [opening] = await Promise.all([page.waitForEvent("popup"), page.getByRole("main").getByRole("button", { name: "Open Page" }).click()]);
  await opening.getByRole("heading", { name: greeting, exact: true }).waitFor();
  return opening;
};

export async function changes(t, world) {
  const step = steps(t, world);
  await step("there are profiles whose answers may change after launch", () => profiles(world));
  await changedInputs(step, world);
  await newerVersion(step, world);
  await handedOver(step, world);
  await shared(step, world);
  await step("what was made here goes again", async () => {
    // Away from its page first: whoever stays there is told that it is gone.
    for (const page of [world.page, world.lina]) await page.goto(`${world.server.url}/${PROJECT}`);
    for (const path of [`service-instances/probe`, `compute-instances/probe-slots`]) await gone(world, path);
  });
}

async function profiles({ adminPage: page, server }) {
  await page.goto(`${server.url}/${PROJECT}/studio/profiles`);
  for (const template of [GREETER, SLOTS]) await ask(page, "POST", "/orgs/default/environment-templates", template);
  for (const [kind, profile] of [["compute-profiles", COMPUTE_PROFILE], ["service-profiles", SERVICE_PROFILE]]) {
    await ask(page, "POST", `/${PROJECT}/${kind}`, profile);
    await ask(page, "POST", `/${PROJECT}/${kind}/${profile.metadata.name}/publish`, { note: "First version" });
  }
}

async function changedInputs(step, world) {
  const { page, server } = world;
  await step("a greeter runs on compute of its own", async () => {
    await page.goto(`${server.url}/${PROJECT}`);
    await openCard(page, "Slots");
    await launch(page, { name: "probe-slots" });
    await untilState(page, "Running", START_MS);
    await openCard(page, "Greeter");
    await page.getByRole("combobox", { name: "Compute instance" }).click();
    await page.getByRole("option", { name: /probe-slots/ }).click();
    await page.getByLabel("Greeting").fill("Good morning");
    await launch(page, { name: "probe", title: "Probe" });
    await untilState(page, "Running", START_MS);
    await (await app(page, "Good morning × 1")).close();
  });
  await step("an answer nothing that runs depends on changes in place", async () => {
    await tab(page, "Inputs");
    await page.getByRole("button", { name: "Change inputs" }).click();
    assert.equal(await page.getByLabel("Colour").count(), 0, "only what may change is asked");
    assert.equal(await plan(page).getByRole("button", { name: "Change" }).isDisabled(), true, "there is nothing to agree to yet");
    await page.getByLabel("Note").fill("Seen by Noor");
    await plan(page).getByText("In place", { exact: true }).waitFor();
    await look(page, "change-in-place");
    await plan(page).getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("Seen by Noor").waitFor();
    await untilState(page, "Running");
  });
  await step("an answer the process was started with restarts it", async () => {
    await page.getByRole("button", { name: "Change inputs" }).click();
    await page.getByLabel("Greeting").fill("Good morning ".repeat(7));
    await plan(page).getByText("This cannot be done").waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("main").getByRole("alert").first().waitFor();
    await picture(page, "change-invalid");
    await page.getByLabel("Greeting").fill("Good morning, wafers");
    await page.getByLabel("Times").fill("80");
    await plan(page).getByText("Restart", { exact: true }).waitFor();
    await picture(page, "change-restart");
    await plan(page).getByRole("button", { name: "Change and restart" }).click();
    await page.getByRole("button", { name: "Change inputs" }).waitFor();
    await greets(page, "Good morning, wafers × 80");
  });
  await step("another size is another allocation, and says what restarts with it", async () => {
    await page.goto(`${server.url}/${WORKSPACE}/compute/probe-slots/inputs`);
    await page.getByRole("button", { name: "Change inputs" }).click();
    await page.getByLabel("Cores").fill("2");
    await plan(page).getByText("Replace", { exact: true }).waitFor();
    await plan(page).getByText("Restarted with it: probe.").waitFor();
    await look(page, "change-replace");
    await plan(page).getByRole("button", { name: "Change and replace" }).click();
    await page.getByRole("button", { name: "Change inputs" }).waitFor();
    await page.waitForFunction(
      async (address) => (await (await fetch(new URL(address, document.baseURI))).json()).status.allocation?.cpu_millis === 2000,
      `api/v1/${WORKSPACE}/compute-instances/probe-slots`,
    );
    await page.goto(`${server.url}/${PROBE}`);
    await untilState(page, "Running", START_MS);
  });
}

/** Until the process that was asked for last runs, and its page greets so. */
async function greets(page, greeting) {
  await page.waitForFunction(async (address) => {
    const { metadata, status } = await (await fetch(new URL(address, document.baseURI))).json();
    return status.phase === "running" && status.observed_generation === metadata.generation;
  }, `api/v1/${WORKSPACE}/service-instances/probe`);
  await untilState(page, "Running", START_MS);
  await (await app(page, greeting)).close();
}

async function newerVersion(step, world) {
  const { page, adminPage, server } = world;
  await step("a version that no longer takes an answer says so before it is published", async () => {
    const profile = `/${PROJECT}/service-profiles/greeter`;
    const now = await ask(adminPage, "GET", profile);
    await ask(adminPage, "PUT", profile, { ...now, spec: { ...now.spec, inputs: [{ name: "times", max: 50 }] } });
    await adminPage.goto(`${server.url}/${PROJECT}/studio/profiles/services/greeter?part=versions`);
    await adminPage.getByRole("button", { name: "Publish…" }).click();
    const dialog = adminPage.getByRole("dialog", { name: /Publish Greeter/ });
    await dialog.getByLabel("Note").fill("At most fifty times now");
    await axe(adminPage, "publishing what runs");
    await picture(adminPage, "publish-fleet");
    await dialog.getByRole("button", { name: "Publish", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  });
  await step("its owner is told on the open page, sees what changes and mends the answer", async () => {
    await page.getByText("An update is available: version 2 of its profile").waitFor();
    await page.getByText("At most fifty times now").waitFor();
    await look(page, "update-banner");
    await page.getByRole("button", { name: "See what changes…" }).click();
    const dialog = page.getByRole("dialog", { name: "Update to version 2" });
    await dialog.getByText("This cannot be done").waitFor();
    assert.equal(await dialog.getByRole("button", { name: /^Update/ }).isDisabled(), true);
    await dialog.getByLabel("Times").fill("40");
    await dialog.getByText("Restart", { exact: true }).waitFor();
    await look(page, "update-what-changes", { dialog: true });
    await dialog.getByRole("button", { name: "Update and restart" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("An update is available").waitFor({ state: "detached" });
    await greets(page, "Good morning, wafers × 40");
  });
}

async function handedOver(step, world) {
  const { page, adminPage, guard, browser, server } = world;
  await step("somebody else joins, and is told of the workspace", async () => {
    await adminPage.goto(`${server.url}/orgs/default/admin`);
    const link = await invite(adminPage, LINA);
    await giveRole(adminPage, LINA.name, { role: "Developer", project: "Vision" });
    world.lina = await (await guard.person(browser)).newPage();
    await acceptInvitation(world.lina, link, LINA.password);
    await heading(world.lina, `Hello, ${LINA.name}`);
  });
  await step("an instance goes to nobody who could not have launched it", async () => {
    guard.expect(/422/);
    await page.getByRole("main").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Transfer…" }).click();
    const dialog = page.getByRole("dialog", { name: "Transfer Probe" });
    await choosePerson(page, dialog, "New owner", LINA);
    await dialog.getByRole("button", { name: "Transfer" }).click();
    await dialog.getByText(/invite them first/).waitFor();
    await look(page, "transfer-refused", { dialog: true });
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });
  await step("as a collaborator they get it, are told, and see it as theirs", async () => {
    await page.goto(`${server.url}/${WORKSPACE}/collaborators`);
    await page.getByRole("button", { name: "Add collaborator" }).first().click();
    const inviting = page.getByRole("dialog");
    await choosePerson(page, inviting, "Person", LINA);
    await inviting.getByRole("button", { name: "Add collaborator" }).click();
    await inviting.waitFor({ state: "detached" });
    await page.goto(`${server.url}/${PROBE}`);
    await page.getByRole("main").getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Transfer…" }).click();
    const dialog = page.getByRole("dialog", { name: "Transfer Probe" });
    await choosePerson(page, dialog, "New owner", LINA);
    await axe(page, "transfer");
    await dialog.getByRole("button", { name: "Transfer" }).click();
    await dialog.waitFor({ state: "detached" });
    const hers = world.lina;
    await hers.getByRole("button", { name: /^Notifications, \d+ unread/ }).click();
    const told = hers.getByRole("dialog", { name: "Notifications" }).getByRole("link", { name: /Probe/ }).first();
    await told.waitFor();
    // The home page was there before the invitation, and shows the workspace now.
    await hers.locator("main").getByText("Defect detection").first().waitFor();
    await axe(hers, "told of a transfer");
    await picture(hers, "transfer-told");
    await told.click();
    await expectPath(hers, /\/instances\/probe$/);
    await go(hers, "Instances");
    await hers.getByRole("combobox", { name: "Owner" }).selectOption({ label: "Mine" });
    await hers.getByRole("row", { name: /Probe/ }).waitFor();
  });
}

async function shared(step, world) {
  const { page, lina, server } = world;
  const share = async (whom) => {
    const stored = lina.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().endsWith("/service-instances/probe"));
    await lina.getByLabel("Page", { exact: true }).selectOption({ label: whom });
    assert.equal((await stored).status(), 200);
    await lina.getByText(`Page: ${whom}`).waitFor();
  };
  await step("an endpoint is its owner's alone until she opens it", async () => {
    await page.goto(`${server.url}/${PROBE}`);
    await untilState(page, "Running", START_MS);
    const button = page.getByRole("main").getByRole("button", { name: "Open Page" });
    assert.equal(await button.count(), 0, "what would be refused is not offered");
    const { status } = await ask(page, "GET", `/${WORKSPACE}/service-instances/probe`);
    world.opened = await page.context().newPage();
    await refused(world, () => world.opened.goto(status.endpoints[0].url));
    await lina.goto(`${server.url}/${PROBE}/access`);
    await look(lina, "endpoint-sharing");
    await share("Everybody in the workspace");
    // The page that stands open learns of it by itself.
    await button.waitFor();
    await world.opened.close();
    world.opened = await app(page, "Good morning, wafers × 40");
  });
  await step("closed again, it is closed for what is open already too", async () => {
    await share("Owner only");
    await refused(world, () => world.opened.reload());
    await page.getByRole("main").getByRole("button", { name: "Open Page" }).waitFor({ state: "detached" });
    await world.opened.close();
    await (await app(lina, "Good morning, wafers × 40")).close();
  });
}

/** Going there ends at the server's own refusal. */
async function refused({ opened, guard }, navigate) {
  guard.expect(/403/);
  const answer = await navigate();
  assert.equal(answer.status(), 403);
  assert.doesNotMatch(await opened.content(), /wafers/);
}

/** In the field for a person: from the list, or by name where people may not be listed. */
async function choosePerson(page, dialog, label, person) {
  const name = person.email.split("@")[0];
  await dialog.getByLabel(label).fill(name);
  const listed = page.getByRole("option", { name: new RegExp(person.name) });
  if ((await dialog.getByRole("combobox", { name: label }).count()) > 0) await listed.click();
}

/** Deletes by the API and waits until it is in no list: asking for it alone, until there is none, the browser would report as an error. */
async function gone({ lina: page }, path) {
  await ask(page, "DELETE", `/${WORKSPACE}/${path}`);
  const [kind, name] = path.split("/");
  await page.waitForFunction(
    async ([address, one]) => !(await (await fetch(new URL(address, document.baseURI))).json()).items.some(({ metadata }) => metadata.name === one),
    [`api/v1/${WORKSPACE}/${kind}`, name],
  );
}
