import { PageBody, PageHeader } from "../../../ui/Page";
export function Launch() {
  return (
    <PageBody>
      <PageHeader title="Launch" />
    </PageBody>
  );
}
