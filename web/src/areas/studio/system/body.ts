// The profile inside a shipped one.
import type { SystemProfile } from "../../../api/types";

export const bodyOf = (profile: SystemProfile) => profile.spec.compute ?? profile.spec.service;
