import { Building2, KeyRound, LibraryBig, Network } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import { nav } from "../../messages/en/nav";
import type { Area } from "../area";

export const operations: Area = {
  name: "operations",
  label: m.areas.operations,
  icon: Network,
  home: () => paths.operations(),
  owns: (path) => /^\/operations(\/|$)/.test(path),
  pages: [
    { label: nav.operations.organizations, icon: Building2, to: () => paths.operations(), exact: true },
    { label: nav.operations.catalogue, icon: LibraryBig, to: () => `${paths.operations()}/catalogue`, needs: ["system_profile.publish"] },
    { label: nav.operations.encryption, icon: KeyRound, to: () => `${paths.operations()}/encryption`, needs: ["encryption.view"] },
  ],
};
