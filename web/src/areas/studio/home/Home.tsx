import { PageBody } from "../../../ui/Page";
export function Home() { return <PageBody>{null}</PageBody>; }
