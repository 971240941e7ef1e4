// The areas in the order of the switch. Each keeps its pages in nav.ts and its routes in routes.ts.
import { administration } from "./admin/nav";
import type { Area } from "./area";
import { hub } from "./hub/nav";
import { operations } from "./operations/nav";
import { studio } from "./studio/nav";

export const areas: Area[] = [hub, studio, administration, operations];

/** The area an address belongs to; the hub owns what nobody else does. */
export function areaOf(path: string): Area {
  return areas.find((area) => area !== hub && area.owns(path)) ?? hub;
}
