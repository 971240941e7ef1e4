// What must hold on every main page of the four areas: axe in both themes, and no sideways scrolling on a phone.
import { look } from "./look.js";

const PROJECT = "orgs/default/projects/vision";
const STUDIO = `${PROJECT}/studio`;
const ADMIN = "orgs/default/admin";
const SERVICE = `${PROJECT}/workspaces/defect-detection/instances/wafer-notebook`;

/** Those the main job has not looked at already, each by its address: a link to it must work for whoever is sent one. */
const HUB = {
  "hub-home": PROJECT,
  "hub-catalogue": `${PROJECT}/catalogue`,
  "hub-instances": `${PROJECT}/instances`,
  "hub-workspaces": `${PROJECT}/workspaces`,
  "hub-workspace": `${PROJECT}/workspaces/defect-detection`,
  "hub-workspace-collaborators": `${PROJECT}/workspaces/defect-detection/collaborators`,
  "hub-workspace-notes": `${PROJECT}/workspaces/defect-detection/notes`,
  "hub-instance-metrics": `${SERVICE}/metrics`,
  "hub-instance-inputs": `${SERVICE}/inputs`,
  "hub-instance-events": `${SERVICE}/events`,
  "hub-instance-access": `${SERVICE}/access`,
  "account-tokens": "account/tokens",
  "account-password": "account/password",
  "account-access": "account/access",
};

const STUDIO_PAGES = {
  "studio-home": STUDIO,
  "studio-profiles": `${STUDIO}/profiles`,
  "studio-service-profile": `${STUDIO}/profiles/services/jupyterlab`,
  "studio-compute-profile": `${STUDIO}/profiles/compute/gpu-one`,
  "studio-new-compute-profile": `${STUDIO}/profiles/new/compute`,
  "studio-new-service-profile": `${STUDIO}/profiles/new/services`,
  "studio-templates": `${STUDIO}/templates`,
  "studio-template": `${STUDIO}/templates/shipped/jupyterlab`,
  "studio-new-template": `${STUDIO}/templates/new`,
  "studio-import-module": `${STUDIO}/templates/import`,
  "studio-import-profile": `${STUDIO}/profiles/import`,
  "studio-developers": `${STUDIO}/hub/developers`,
  "studio-offered": `${STUDIO}/hub/profiles`,
  "studio-instances": `${STUDIO}/hub/instances`,
  "studio-create-compute": `${STUDIO}/hub/create-compute`,
};

const ADMINISTRATION = {
  "admin-home": ADMIN,
  "admin-projects": `${ADMIN}/projects`,
  "admin-project-workspaces": `${ADMIN}/projects/vision/workspaces`,
  "admin-project-secrets": `${ADMIN}/projects/vision/secrets`,
  "admin-project-settings": `${ADMIN}/projects/vision/settings`,
  "admin-users": `${ADMIN}/users`,
  "admin-role-bindings": `${ADMIN}/role-bindings`,
  "admin-targets": `${ADMIN}/targets`,
  "admin-target": `${ADMIN}/targets/local`,
  "admin-secrets": `${ADMIN}/secrets`,
  "admin-audit": `${ADMIN}/audit`,
  "admin-requests": `${ADMIN}/requests`,
  "admin-access-review": `${ADMIN}/access-review`,
  "admin-settings": `${ADMIN}/settings`,
  "operations-organizations": "operations",
  "operations-catalogue": "operations/catalogue",
  "operations-organization": "operations/orgs/default",
};

export async function everyPage(t, world) {
  const visit = async (page, pages) => {
    for (const [name, address] of Object.entries(pages)) {
      await t.test(name, async () => {
        await page.goto(`${world.server.url}/${address}`);
        await look(page, name);
      });
    }
  };
  await visit(world.page, HUB);
  await visit(world.adminPage, STUDIO_PAGES);
  await visit(world.adminPage, ADMINISTRATION);
}
