// The bare address: leads to the project one was in last, or to the first one there is.
import { Navigate } from "@tanstack/react-router";
import { FolderClosed } from "lucide-react";
import { useList } from "../../api/hooks";
import { useMe } from "../../api/session";
import { areas } from "../index";
import { paths } from "../../lib/paths";
import { lastScope } from "../../lib/scope";
import { frame as m } from "../../messages/en/frame";
import { buttonClass } from "../../ui/Button";
import { EmptyState, ErrorPanel, PageBody, PageSkeleton } from "../../ui/Page";
import { Link } from "@tanstack/react-router";

export function Start() {
  const projects = useList("Project", {}, { deep: true, limit: 200, sort: "name" });
  const me = useMe();
  if (projects.error)
    return (
      <PageBody>
        <ErrorPanel error={projects.error} onRetry={projects.refetch} />
      </PageBody>
    );
  if (!projects.items) return <PageSkeleton />;
  const last = lastScope();
  const again = projects.items.find(({ metadata }) => metadata.org === last.org && metadata.name === last.project);
  const chosen = again ?? projects.items[0];
  if (chosen) return <Navigate to={paths.project({ org: chosen.metadata.org ?? "", project: chosen.metadata.name })} replace />;
  // Whoever runs the platform may be in no project at all.
  const operations = areas.find((area) => area.name === "operations" && me?.areas.includes("operations"));
  return (
    <PageBody>
      <EmptyState
        icon={<FolderClosed size={28} aria-hidden />}
        title={m.noProject.title}
        action={
          operations && (
            <Link to={operations.home({})} className={buttonClass("primary")}>
              {operations.label}
            </Link>
          )
        }
      >
        {m.noProject.text}
      </EmptyState>
    </PageBody>
  );
}
