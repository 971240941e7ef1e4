import { PageBody } from "../../../ui/Page";
export function SystemProfilePage() { return <PageBody>{null}</PageBody>; }
