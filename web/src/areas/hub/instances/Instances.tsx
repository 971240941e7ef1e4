import { PageBody, PageHeader } from "../../../ui/Page";
export function Instances() {
  return (
    <PageBody>
      <PageHeader title="Instances" />
    </PageBody>
  );
}
