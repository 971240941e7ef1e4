// Makes a template in the organization and opens it.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { request } from "../../../api/client";
import { keys } from "../../../api/hooks";
import { collectionPath } from "../../../api/kinds";
import { studioPaths } from "../paths";
import type { TemplateText } from "./document";

export function useCreateTemplate(scope: { org: string; project: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async (template: TemplateText, dryRun: boolean) => {
    await request("POST", collectionPath("EnvironmentTemplate", { org: scope.org }), { body: template, ...(dryRun ? { query: { dry_run: true } } : {}) });
    if (dryRun) return;
    await client.invalidateQueries({ queryKey: keys.kind("EnvironmentTemplate") });
    await navigate({ to: studioPaths.template(scope, "own", template.metadata.name) });
  };
}
