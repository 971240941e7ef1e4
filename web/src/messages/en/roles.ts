// Words of the page about built-in roles.
export const builtInRoles = {
  title: "Built-in roles",
  text: "What each built-in role lets people do, at the place of the role and below. Owning an instance, or being offered a profile, comes on top.",
  link: "Built-in roles",
  search: "Find a permission",
  role: "Role",
  allRoles: "All roles",
  kind: "Kind",
  allKinds: "All kinds",
  permission: "Permission",
  may: "may",
  mayNot: "may not",
  boundAt: (levels: string) => `Given at: ${levels}`,
  nothing: "Nothing of this.",
  matrix: "What each role may do",
  noMatch: { title: "Nothing matches", text: "No permission has these words in its name. Clear the filters to see all." },
};
