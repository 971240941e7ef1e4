import { PageBody } from "../../../ui/Page";
export function OwnTemplatePage() { return <PageBody>{null}</PageBody>; }
export function ShippedTemplatePage() { return <PageBody>{null}</PageBody>; }
