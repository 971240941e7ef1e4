// What takes a second person: somebody asks for a role and somebody else gives it; who has what is looked up; the rules that
// keep people from letting out what they wrote are offered.
import { go, heading } from "./console.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

const REASON = "Cards for the spring release";

export async function duties(t, world) {
  const step = steps(t, world);
  const [asker, admin] = [world.page, world.adminPage];
  await step("somebody asks for a role", async () => {
    await asker.goto(`${world.server.url}/account/access`);
    await asker.getByRole("button", { name: "Request access" }).click();
    const dialog = asker.getByRole("dialog");
    await dialog.getByLabel("Project", { exact: true }).fill("vision");
    await dialog.getByLabel("Role", { exact: true }).selectOption({ label: "PaaS admin" });
    await dialog.getByLabel("What for").fill(REASON);
    await look(asker, "request-access", { dialog: true });
    await dialog.getByRole("button", { name: "Send request" }).click();
    await dialog.waitFor({ state: "detached" });
    await asker.getByText(REASON).waitFor();
  });
  await step("somebody else gives it", async () => {
    await admin.goto(`${world.server.url}/orgs/default/admin/requests`);
    await heading(admin, "Requests");
    await admin.getByText(REASON).waitFor();
    await look(admin, "access-requests");
    await admin.getByRole("button", { name: /^Approve the request/ }).click();
    const dialog = admin.getByRole("dialog");
    await dialog.getByLabel("Note").fill("Until the evening");
    await dialog.getByRole("button", { name: "Approve", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await admin.getByText("Until the evening").waitFor();
  });
  await step("the access review tells it", async () => {
    await go(admin, "Access review");
    await heading(admin, "Access review");
    await admin.getByRole("searchbox").fill(REASON);
    await admin.getByRole("table").getByRole("row").filter({ hasText: REASON }).getByText("PaaS admin").waitFor();
    await look(admin, "access-review");
  });
  await step("the two-person rules are there to be switched on", async () => {
    await go(admin, "Settings");
    await heading(admin, "Settings");
    await admin.getByLabel("Publishing profiles").waitFor();
  });
}
