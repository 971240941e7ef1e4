// Words of the rail and breadcrumb for Studio, Administration and Operations: few, because they load with the frame.
export const nav = {
  studio: {
    systemProfiles: "System profiles",
    profiles: "Custom profiles",
    newCompute: "New compute profile",
    newService: "New service profile",
    templates: "Templates",
    newTemplate: "New template",
    update: "Update",
    importModule: "Import a module",
    importProfile: "Import a profile",
    manage: "Hub management",
    developers: "Developers",
    offered: "Profiles",
    instances: "Instances",
    createCompute: "Create compute instance",
  },
  admin: {
    projects: "Projects",
    users: "Users",
    groups: "Groups",
    bindings: "Role bindings",
    targets: "Targets",
    secrets: "Secrets",
    audit: "Audit",
  },
  operations: { organizations: "Organizations", catalogue: "System catalogue" },
};
