import { PageBody } from "../../../ui/Page";
export function Developers() { return <PageBody>{null}</PageBody>; }
