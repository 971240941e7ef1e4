import { PageBody } from "../../../ui/Page";
export function Offered() { return <PageBody>{null}</PageBody>; }
