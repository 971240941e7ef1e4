// Who is offered the profile once it is published.
import { useState } from "react";
import { useAll } from "../../../api/all";
import { designer } from "../../../messages/en/designer";
import { FieldError } from "../../../ui/Field";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { ProjectChoice } from "../system/ProjectChoice";
import { useDesigner } from "./context";

const m = designer.sharing;
type Reach = "own" | "some" | "all";

export function SharingPart() {
  const { scope, draft, setSpec, readOnly, errorAt, exactAt } = useDesigner();
  const { sharing } = draft.spec;
  const [some, setSome] = useState((sharing.projects ?? []).length > 0);
  const reach: Reach = sharing.all_projects ? "all" : some || (sharing.projects ?? []).length > 0 ? "some" : "own";
  const projects = useAll("Project", { org: scope.org }, { sort: "name" }, { enabled: reach === "some" });
  const { projects: _projects, ...kept } = sharing;
  const choose = (next: Reach) => {
    setSome(next === "some");
    setSpec({ sharing: { ...kept, all_projects: next === "all", ...(next === "some" && sharing.projects ? { projects: sharing.projects } : {}) } });
  };
  return (
    <fieldset className="flex max-w-xl flex-col gap-3" disabled={readOnly}>
      <legend className="mb-2 font-medium">{m.legend}</legend>
      {(["own", "some", "all"] as const).map((option) => (
        <label key={option} className="flex gap-2">
          <input type="radio" name="designer-sharing" checked={reach === option} onChange={() => choose(option)} className="mt-0.5 size-4 accent-accent" />
          {m[option]}
        </label>
      ))}
      {reach === "some" && projects.error && <ErrorPanel error={projects.error} onRetry={projects.refetch} />}
      {reach === "some" && !projects.items && !projects.error && <Skeleton lines={3} />}
      {reach === "some" && projects.items && (
        <ProjectChoice
          projects={projects.items}
          chosen={sharing.projects ?? []}
          home={scope.project}
          homeFixed
          disabled={readOnly}
          onChange={(chosen) => setSpec({ sharing: { ...kept, all_projects: false, projects: chosen } })}
        />
      )}
      <FieldError message={errorAt("spec.sharing.projects") ?? exactAt("spec.sharing")} />
    </fieldset>
  );
}
