import { useTitle } from "../../lib/hooks";
import { frame as m } from "../../messages/en/frame";
import { PageBody, PageHeader } from "../../ui/Page";

export function Home() {
  const title = m.areas.administration;
  useTitle(title);
  return (
    <PageBody>
      <PageHeader title={title} />
    </PageBody>
  );
}
