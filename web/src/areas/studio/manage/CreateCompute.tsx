import { PageBody } from "../../../ui/Page";
export function CreateCompute() { return <PageBody>{null}</PageBody>; }
