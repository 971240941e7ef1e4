// Where the person is: from the address, else where they were last.
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Scope } from "../api/types";
import { readSetting, writeSetting } from "./storage";

export function lastScope(): Scope {
  const [org, project] = (readSetting("scope") ?? "").split("/");
  return { ...(org ? { org } : {}), ...(project ? { project } : {}) };
}

/** The scope of the address, completed with the last project while the address names none. */
export function useCurrentScope(): Scope {
  const params = useParams({ strict: false }) as { org?: string; project?: string };
  const { org, project } = params;
  useEffect(() => {
    if (org && project) writeSetting("scope", `${org}/${project}`);
  }, [org, project]);
  if (org && project) return { org, project };
  const last = lastScope();
  if (org) return last.org === org && last.project ? { org, project: last.project } : { org };
  return last;
}

/** The organization and project of a page that has both in its address. */
export function useProjectScope(): { org: string; project: string } {
  const params = useParams({ strict: false }) as { org?: string; project?: string };
  return { org: params.org ?? "", project: params.project ?? "" };
}

export function useWorkspaceScope(): { org: string; project: string; workspace: string } {
  const params = useParams({ strict: false }) as { workspace?: string };
  return { ...useProjectScope(), workspace: params.workspace ?? "" };
}
