import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTitle } from "../../../lib/hooks";
import { paths } from "../../../lib/paths";
import { useProjectScope } from "../../../lib/scope";
import { hub } from "../../../messages/en/hub";
import { buttonClass } from "../../../ui/Button";
import { PageBody, PageHeader } from "../../../ui/Page";
import { InstanceTable } from "./InstanceTable";

export function Instances() {
  useTitle(hub.instances.title);
  const scope = useProjectScope();
  const search = useSearch({ from: "/app/orgs/$org/projects/$project/instances" });
  const navigate = useNavigate();
  const toCatalogue = (
    <Link to={paths.catalogue(scope)} className={buttonClass("primary")}>
      {hub.home.toCatalogue}
    </Link>
  );
  return (
    <PageBody full>
      <PageHeader title={hub.instances.title} actions={toCatalogue} />
      <InstanceTable
        scope={scope}
        search={search}
        onSearch={(change) => void navigate({ to: ".", search: { ...search, ...change }, replace: true, resetScroll: false })}
        emptyAction={toCatalogue}
      />
    </PageBody>
  );
}
