// What an area of the console tells the frame about itself.
import type { LucideIcon } from "lucide-react";
import type { AreaName, Scope } from "../api/types";

export interface AreaPage {
  label: string;
  icon: LucideIcon;
  to: (scope: Scope) => string;
  /** Shown when the person has any of these in the current scope; always when absent. */
  needs?: string[];
  /** Current only at exactly this address, not below it. */
  exact?: boolean;
}

export interface Area {
  name: AreaName;
  label: string;
  icon: LucideIcon;
  /** Where the area switch leads. */
  home: (scope: Scope) => string;
  /** Whether an address belongs to the area. */
  owns: (path: string) => boolean;
  pages: AreaPage[];
}
