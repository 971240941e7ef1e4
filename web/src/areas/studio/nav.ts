import { Contact, FileCode2, House, LibraryBig, PencilRuler, SlidersHorizontal } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import type { Area } from "../area";
import { studioPaths } from "./paths";

export const studio: Area = {
  name: "studio",
  label: m.areas.studio,
  icon: PencilRuler,
  home: (scope) => paths.studio(scope),
  owns: (path) => /^\/orgs\/[^/]+\/projects\/[^/]+\/studio(\/|$)/.test(path),
  pages: [
    { label: m.pages.home, icon: House, to: (scope) => paths.studio(scope), exact: true },
    { label: nav.studio.systemProfiles, icon: LibraryBig, to: studioPaths.systemProfiles, needs: ["system_profile.view"] },
    { label: nav.studio.profiles, icon: SlidersHorizontal, to: studioPaths.profiles, needs: ["compute_profile.view", "service_profile.view"] },
    { label: nav.studio.templates, icon: FileCode2, to: studioPaths.templates, needs: ["environment_template.view"] },
    { label: nav.studio.manage, icon: Contact, to: studioPaths.manage },
  ],
};
