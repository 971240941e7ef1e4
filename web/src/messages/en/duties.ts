// Words of separated duties: what takes a second person, and what somebody asks for.

export const duties = {
  waiting: {
    title: "Waiting for a second person",
    text: "Whoever wrote a version does not publish it here. Somebody else looks at what changes, and decides.",
    askedBy: (who: string) => `${who} asked for it to be published`,
    review: "Review",
    reviewOne: (name: string) => `Review ${name}`,
    others: "Somebody else decides",
    approve: "Approve and publish",
    diff: "What changes",
    equal: "Nothing changes.",
  },
  settings: {
    title: "Settings",
    text: "What holds in the whole organization.",
    twoPerson: "Two-person rules",
    twoPersonText: "What one person wrote, another one lets out. Nobody is exempt, admins included.",
    publish: "Publishing profiles",
    publishHelp: "Nobody publishes a version of a profile that they wrote, nor offers it to more people. It waits, and those who may publish it are told.",
    template: "Activating templates",
    templateHelp: "Nobody makes a template's version active that they wrote.",
    offText: "Switching a rule off takes two people as well: within seven days somebody else has to switch it off too.",
    pending: (who: string) => `${who} wants these rules to be switched off:`,
    pendingOwn: "You asked for these rules to be switched off; somebody else has to agree:",
    agree: "Switch them off",
    agreeTitle: "Switch the rules off?",
    agreeText: "From then on one person alone can let out what they wrote.",
    saved: "Saved",
  },
};
