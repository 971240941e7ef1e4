// A profile made from a shipped one, whose parent comes in a newer version with the next Warpyard. There is only one Warpyard to test
// with: what its database remembers of the parent, and of what was made from it, is made older while it is stopped.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { Guard } from "./browser.js";
import { ask, go, heading, makeProject, setUp } from "./console.js";
import { expectPath } from "./expect.js";
import { look } from "./look.js";
import { ANA } from "./main-job.js";
import { Server } from "./server.js";
import { steps } from "./steps.js";

const STUDIO = "orgs/default/projects/vision/studio";
const CLONE = "/orgs/default/projects/vision/compute-profiles/my-cpu-small";

/** The shipped one had another category and fewer tags; the clone had its tags and has a category of its own since. */
const MAKE_OLDER = `
import json, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    def older(kind, name, change):
        uid, spec = db.execute("SELECT uid, spec FROM object WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        spec = json.loads(spec)
        change(spec)
        for table in ("object", "revision"):
            db.execute("UPDATE " + table + " SET spec = ? WHERE uid = ?", (json.dumps(spec), uid))
    def shipped(spec):
        spec["version"] = "0.9.0"
        spec["compute"]["card"].update(category="Machines", tags=["cpu"])
    def clone(spec):
        spec["parent"]["version"] = "0.9.0"
        spec["card"]["tags"] = ["cpu"]
    older("SystemProfile", "cpu-small", shipped)
    older("ComputeProfile", "my-cpu-small", clone)
`;

export async function parent(t, { browser }) {
  const server = await Server.start();
  const guard = new Guard(server);
  const context = await guard.person(browser);
  const world = { server, browser, page: await context.newPage() };
  try {
    const step = steps(t, world);
    await step("a shipped profile is customised", () => customised(world));
    await step("a newer shipped version is found, looked at and decided on", () => joined(world));
    await t.test("and no page reported an error", () => assert.deepEqual(guard.problems(), []));
  } finally {
    await context.close();
    await server.stop();
  }
}

async function customised({ page, server }) {
  await setUp(page, server, ANA);
  await heading(page, "PaaS Studio");
  await makeProject(page, { title: "Vision", name: "vision" });
  await page.goto(`${server.url}/${STUDIO}`);
  await go(page, "System profiles");
  await page.getByRole("link", { name: "CPU small", exact: true }).click();
  await page.getByRole("button", { name: "Customise…" }).click();
  const dialog = page.getByRole("dialog", { name: "Customise CPU small" });
  await look(page, "customise", { dialog: true });
  await dialog.getByRole("button", { name: "Create draft" }).click();
  await expectPath(page, /\/profiles\/compute\/my-cpu-small$/);
  await page.getByLabel("Category").fill("Ours");
  await page.getByText("Draft saved", { exact: true }).waitFor();
  await page.waitForFunction(async (address) => (await (await fetch(new URL(address, document.baseURI))).json()).spec.card.category === "Ours", `api/v1${CLONE}`);
}

async function joined({ page, server }) {
  await page.goto("about:blank");
  await server.restart((data) => promisify(execFile)("python3", ["-c", MAKE_OLDER, path.join(data, "warpyard.db")]));
  await page.goto(`${server.url}/${STUDIO}/system-profiles/cpu-small`);
  await page.getByRole("link", { name: /Look at the update/ }).waitFor();
  await look(page, "parent-has-update");
  await page.getByRole("link", { name: /Look at the update/ }).click();
  await heading(page, "Update My CPU small");
  await page.getByText("Made from cpu-small 0.9.0; 1.0.0 is shipped now.", { exact: false }).waitFor();
  const apply = page.getByRole("button", { name: "Update the draft" });
  const conflict = page.getByRole("group", { name: "card.category" });
  await conflict.getByText("It was: Machines").waitFor();
  assert.equal(await apply.isDisabled(), true, "nothing is decided for anybody");
  await page.getByText("1 still to decide").waitFor();
  await look(page, "parent-update");
  await page.getByRole("radiogroup", { name: "Show" }).or(page.getByRole("group", { name: "Show" })).getByText("What the shipped version changed").click();
  await page.getByRole("group", { name: "What the shipped version changed" }).getByText("- small").waitFor();
  await conflict.getByRole("radio", { name: /Take the shipped one/ }).check();
  await apply.click();
  await expectPath(page, /\/profiles\/compute\/my-cpu-small$/);
  const { spec } = await ask(page, "GET", CLONE);
  assert.deepEqual([spec.parent.version, spec.card.category, spec.card.tags], ["1.0.0", "CPU", ["cpu", "small"]]);
  await page.goto(`${server.url}/${STUDIO}/system-profiles/cpu-small`);
  await page.getByText("up to date").waitFor();
}
