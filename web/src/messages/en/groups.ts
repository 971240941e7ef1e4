// Words of the page about groups.
import { formatCount } from "../../lib/format";

export const groups = {
  title: "Groups",
  text: "People under one name. Profiles are offered to groups, and roles given to them.",
  new: "New group",
  edit: (name: string) => `Edit ${name}`,
  editDo: "Edit…",
  search: "Find a group",
  members: "Members",
  changed: "Changed",
  count: (count: number) => formatCount(count, "person", "people"),
  nobody: "nobody yet",
  add: "Add a person",
  addHelp: "Choose one after another; nothing is kept until you save.",
  remove: (name: string) => `Remove ${name}`,
  empty: { title: "No groups yet", text: "Make one, such as the vision team, and offer profiles only to it." },
  delete: "Delete…",
  deleteTitle: (name: string) => `Delete group ${name}?`,
  deleteText: "A group that profiles are offered to or that has roles cannot be deleted. The people in it stay.",
  deleteDo: "Delete group",
  actions: (name: string) => `Actions for ${name}`,
};
