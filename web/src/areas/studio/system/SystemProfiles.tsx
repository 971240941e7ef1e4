import { PageBody } from "../../../ui/Page";
export function SystemProfiles() { return <PageBody>{null}</PageBody>; }
