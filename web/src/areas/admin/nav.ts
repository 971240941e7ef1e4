import { House, ShieldCheck } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import type { Area } from "../area";

export const administration: Area = {
  name: "administration",
  label: m.areas.administration,
  icon: ShieldCheck,
  home: (scope) => paths.admin(scope),
  owns: (path) => /^\/orgs\/[^/]+\/admin(\/|$)/.test(path),
  pages: [{ label: m.pages.home, icon: House, to: (scope) => paths.admin(scope), exact: true }],
};
