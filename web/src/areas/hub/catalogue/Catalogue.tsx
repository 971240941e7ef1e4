import { PageBody, PageHeader } from "../../../ui/Page";
export function Catalogue() {
  return (
    <PageBody>
      <PageHeader title="Catalogue" />
    </PageBody>
  );
}
