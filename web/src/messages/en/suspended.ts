// Words around every page of a suspended organization.
export const suspended = {
  title: (name: string) => `${name} is suspended.`,
  text: "Nothing in it can be changed, started or opened; what ran is stopped and kept.",
  reason: (reason: string) => `Reason: ${reason}`,
};
