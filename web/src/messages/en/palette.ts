// Words of the command palette.
import type { Kind } from "../../api/types";

export const palette = {
  title: "Search or go to…",
  placeholder: "Go to anything, or do something",
  empty: "Nothing matches.",
  searching: "Searching…",
  here: "Here",
  pages: "Pages",
  projects: "Projects",
  cards: "Launch",
  actions: "Actions",
  kinds: {
    ServiceInstance: "Instances",
    ComputeInstance: "Instances",
    Workspace: "Workspaces",
    ServiceProfile: "Profiles",
    ComputeProfile: "Profiles",
    SystemProfile: "System profiles",
    EnvironmentTemplate: "Templates",
    Target: "Targets",
    User: "People",
  } as Partial<Record<Kind, string>>,
  serviceTabs: { "": "Overview", logs: "Logs", terminal: "Terminal", metrics: "Metrics", inputs: "Inputs", events: "Events", access: "Access" },
  computeTabs: { "": "Overview", inputs: "Inputs", events: "Events" },
  workspaceTabs: { "": "Instances", collaborators: "Collaborators", notes: "Notes", activity: "Activity" },
  newWorkspace: "New workspace",
  newComputeProfile: "New compute profile",
  newServiceProfile: "New service profile",
  newTemplate: "New template",
  theme: { light: "Light theme", dark: "Dark theme", system: "Theme of the system" },
};
