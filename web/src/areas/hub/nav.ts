import { Boxes, House, LayoutGrid, SquareStack } from "lucide-react";
import { frame as m } from "../../messages/en/frame";
import { paths } from "../../lib/paths";
import type { Area } from "../area";

export const hub: Area = {
  name: "developer_hub",
  label: m.areas.hub,
  icon: House,
  home: (scope) => (scope.project ? paths.project(scope) : "/"),
  owns: () => true,
  pages: [
    { label: m.pages.home, icon: House, to: (scope) => paths.project(scope), exact: true },
    { label: m.pages.catalogue, icon: LayoutGrid, to: (scope) => paths.catalogue(scope) },
    { label: m.pages.instances, icon: SquareStack, to: (scope) => paths.instances(scope) },
    { label: m.pages.workspaces, icon: Boxes, to: (scope) => paths.workspaces(scope) },
  ],
};
