// The sections of an organization's settings, in the order of the page. Another one is a component and a line here.
import type { ComponentType } from "react";
import type { Organization } from "../../../api/types";
import { General } from "./General";
import { LookSection } from "./LookSection";
import { TwoPersonRules } from "./TwoPersonRules";

export interface SectionProps {
  /** As the server has it. A section that saves spreads `organization.spec`, so that it changes its own part alone. */
  organization: Organization;
  mayChange: boolean;
}

/** Each draws its own `Section`. */
export const sections: { id: string; component: ComponentType<SectionProps>; anewOnChange?: boolean }[] = [
  { id: "general", component: General },
  { id: "look", component: LookSection },
  { id: "two-person", component: TwoPersonRules, anewOnChange: true },
];
