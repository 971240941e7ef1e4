// The frame of Developer Hub management: title, tabs, the one action.
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { usePermissions } from "../../../api/session";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { studio } from "../../../messages/en/studio";
import { buttonClass } from "../../../ui/Button";
import { PageBody, PageHeader } from "../../../ui/Page";
import { Tabs } from "../../../ui/Tabs";
import { studioPaths } from "../paths";

const m = studio.manage;

export function ManageFrame({ children }: { children: ReactNode }) {
  useTitle(m.title);
  const scope = useProjectScope();
  const { can } = usePermissions(scope);
  // A developer's own workspaces are no project right; whoever holds the grant to launch for others may always try.
  const mayCreate = can("compute_instance.create") || can("compute_instance.create_on_behalf") || can("workspace.create");
  return (
    <PageBody full>
      <PageHeader
        title={m.title}
        description={m.text}
        actions={
          mayCreate && (
            <Link to={studioPaths.createCompute(scope)} className={buttonClass("primary")}>
              <Plus size={16} aria-hidden />
              {m.createCompute}
            </Link>
          )
        }
      />
      <Tabs
        label={m.tabsLabel}
        tabs={[
          { to: studioPaths.offered(scope), label: m.tabs.offered },
          { to: studioPaths.developers(scope), label: m.tabs.developers },
          { to: studioPaths.instances(scope), label: m.tabs.instances },
        ]}
      />
      {children}
    </PageBody>
  );
}
