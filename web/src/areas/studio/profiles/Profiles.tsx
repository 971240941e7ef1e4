import { PageBody } from "../../../ui/Page";
export function Profiles() { return <PageBody>{null}</PageBody>; }
