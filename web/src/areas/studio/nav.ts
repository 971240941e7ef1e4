import { House, PencilRuler } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import type { Area } from "../area";

export const studio: Area = {
  name: "studio",
  label: m.areas.studio,
  icon: PencilRuler,
  home: (scope) => paths.studio(scope),
  owns: (path) => /^\/orgs\/[^/]+\/projects\/[^/]+\/studio(\/|$)/.test(path),
  pages: [{ label: m.pages.home, icon: House, to: (scope) => paths.studio(scope), exact: true }],
};
