import { PageBody, PageHeader } from "../../../ui/Page";
export function Workspace() {
  return (
    <PageBody>
      <PageHeader title="Workspace" />
    </PageBody>
  );
}
