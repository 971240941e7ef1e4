import { PageBody, PageHeader } from "../../ui/Page";
export function Home() {
  return (
    <PageBody>
      <PageHeader title="Home" />
    </PageBody>
  );
}
