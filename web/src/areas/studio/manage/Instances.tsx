import { PageBody } from "../../../ui/Page";
export function Instances() { return <PageBody>{null}</PageBody>; }
