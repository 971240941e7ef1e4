import { House, Network } from "lucide-react";
import { paths } from "../../lib/paths";
import { frame as m } from "../../messages/en/frame";
import type { Area } from "../area";

export const operations: Area = {
  name: "operations",
  label: m.areas.operations,
  icon: Network,
  home: () => paths.operations(),
  owns: (path) => /^\/operations(\/|$)/.test(path),
  pages: [{ label: m.pages.home, icon: House, to: () => paths.operations(), exact: true }],
};
