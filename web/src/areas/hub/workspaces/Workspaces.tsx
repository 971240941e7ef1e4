import { PageBody, PageHeader } from "../../../ui/Page";
export function Workspaces() {
  return (
    <PageBody>
      <PageHeader title="Workspaces" />
    </PageBody>
  );
}
