// Who may do what: a group bound until Friday with a reason, why somebody may publish, a role of one's own, and what removing a
// binding would take from whom.
import assert from "node:assert/strict";
import { go, heading } from "./console.js";
import { look } from "./look.js";
import { steps } from "./steps.js";

const GROUP = "Release team";
const REASON = "Quarterly release";

/** Chooses one of a long list by typing. */
async function pick(scope, page, label, text) {
  await scope.getByRole("combobox", { name: label, exact: true }).click();
  await scope.getByRole("combobox", { name: label, exact: true }).fill(text);
  await page.getByRole("option", { name: text }).first().click();
}

/** @param person the display name of somebody who is a developer in the project Vision */
export async function access(t, world, { person }) {
  const step = steps(t, world);
  const page = world.adminPage;
  const dialog = page.getByRole("dialog");
  const table = page.getByRole("table");
  await step("a group is bound until Friday, with a reason", async () => {
    await page.goto(`${world.server.url}/orgs/default/admin/groups`);
    await heading(page, "Groups");
    await page.getByRole("button", { name: "New group" }).first().click();
    await dialog.getByLabel("Display name").fill(GROUP);
    await pick(dialog, page, "Add a person", person);
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.waitFor({ state: "detached" });
    await go(page, "Role bindings");
    await page.getByRole("button", { name: "Add role binding" }).first().click();
    await dialog.getByRole("button", { name: "A group" }).click();
    await pick(dialog, page, "Group", GROUP);
    await dialog.getByLabel("Role", { exact: true }).selectOption({ label: "PaaS admin" });
    await dialog.getByLabel("Level").selectOption({ label: "Project" });
    await dialog.getByLabel("Project", { exact: true }).selectOption({ label: "Vision" });
    await dialog.getByRole("button", { name: "Friday evening" }).click();
    const ends = new Date(await dialog.getByLabel("Ends at").inputValue());
    assert.deepEqual([ends.getDay(), ends.getHours()], [5, 18]);
    await dialog.getByLabel("Reason").fill(REASON);
    await look(page, "role-binding-group", { dialog: true });
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await table.getByText(REASON).waitFor();
    await look(page, "role-bindings");
  });
  await step("why a person may publish is looked up", async () => {
    await go(page, "Access");
    await heading(page, "Access");
    await pick(page, page, "Person", person);
    await page.getByRole("searchbox", { name: "Find a permission" }).fill("compute_profile.publish");
    const row = table.getByRole("row").filter({ hasText: "compute_profile.publish" });
    await row.getByText("through the group release-team").waitFor();
    await row.getByText("PaaS admin at default / vision").waitFor();
    await row.getByText(REASON).waitFor();
    await look(page, "access-person");
  });
  await step("a role of one's own is made, bound and found", async () => {
    await go(page, "Roles");
    await heading(page, "Roles");
    await page.getByRole("button", { name: "New role" }).first().click();
    await dialog.getByLabel("Display name").fill("Publisher");
    await dialog.getByRole("searchbox", { name: "Narrow permissions" }).fill("service_profile");
    for (const permission of ["service_profile.view", "service_profile.publish"]) await dialog.getByLabel(permission, { exact: true }).check();
    await look(page, "custom-role", { dialog: true });
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.waitFor({ state: "detached" });
    await table.getByText("2 permissions").waitFor();
    await look(page, "custom-roles");
    await go(page, "Role bindings");
    await page.getByRole("button", { name: "Add role binding" }).first().click();
    await pick(dialog, page, "Person", person);
    await dialog.getByLabel("Role", { exact: true }).selectOption({ label: "Publisher (own)" });
    await dialog.getByLabel("Project", { exact: true }).selectOption({ label: "Vision" });
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await go(page, "Access");
    await page.getByRole("button", { name: "A permission" }).click();
    await pick(page, page, "Permission", "service_profile.publish");
    await page.getByLabel("Project", { exact: true }).selectOption({ label: "Vision" });
    await table.getByText("publisher at default / vision").waitFor();
    await table.getByText("Platform admin at the platform").waitFor();
    await look(page, "access-who");
  });
  await step("removing the group's binding says beforehand whom it takes what", async () => {
    await go(page, "Role bindings");
    const row = table.getByRole("row").filter({ hasText: REASON });
    await row.getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    const asked = page.getByRole("alertdialog").or(dialog);
    await asked.getByText("This takes rights from 1 person:").waitFor();
    await look(page, "role-binding-impact", { dialog: true });
    await asked.getByRole("button", { name: "Remove" }).click();
    await asked.waitFor({ state: "detached" });
    await table.getByText(REASON).waitFor({ state: "detached" });
  });
  await step("the role of one's own goes after its binding", async () => {
    const binding = table.getByRole("row").filter({ hasText: /publisher/i });
    await binding.getByRole("button", { name: /^Actions/ }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    const asked = page.getByRole("alertdialog").or(dialog);
    await asked.getByRole("button", { name: "Remove" }).click();
    await asked.waitFor({ state: "detached" });
    await binding.waitFor({ state: "detached" });
    await go(page, "Roles");
    await heading(page, "Roles");
    const role = table.getByRole("row").filter({ hasText: "Publisher" });
    await role.getByRole("button", { name: "Actions for Publisher" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    await asked.getByRole("button", { name: "Delete role" }).click();
    await asked.waitFor({ state: "detached" });
    await role.waitFor({ state: "detached" });
  });
}
