import { PageBody } from "../../../ui/Page";
export function NewTemplate() { return <PageBody>{null}</PageBody>; }
