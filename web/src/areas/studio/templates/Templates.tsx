import { PageBody } from "../../../ui/Page";
export function Templates() { return <PageBody>{null}</PageBody>; }
