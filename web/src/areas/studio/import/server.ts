// Asks the server what it would make of a module or a document. Nothing is stored.
import { request } from "../../../api/client";
import type { ProfileImport, TemplateImport } from "../../../api/types-studio";
import { imports } from "../../../messages/en/import";

const part = encodeURIComponent;
const READ = /\.(tf|tofu)(\.json)?$/;

export function importArchive(org: string, file: File): Promise<TemplateImport> {
  const contentType = /\.zip$/i.test(file.name) ? "application/zip" : "application/gzip";
  return request("POST", `/orgs/${part(org)}/environment-templates/import`, { query: { kind: "tofu" }, rawBody: file, contentType });
}

/** The files of a folder that OpenTofu reads; hidden folders, such as `.terraform`, are not part of the module. */
export function moduleFiles(files: File[]): File[] {
  return files.filter((file) => READ.test(file.name) && !pathOf(file).split("/").some((one) => one.startsWith(".")));
}

const pathOf = (file: File) => file.webkitRelativePath || file.name;

export async function importFolder(org: string, chosen: File[]): Promise<TemplateImport> {
  const files = moduleFiles(chosen);
  if (files.length === 0) throw new Error(imports.module.noFiles);
  const body = { files: await Promise.all(files.map(async (file) => ({ path: pathOf(file), content: await file.text() }))) };
  return request("POST", `/orgs/${part(org)}/environment-templates/import`, { query: { kind: "tofu" }, body });
}

export function importProfile(scope: { org: string; project: string }, text: string): Promise<ProfileImport> {
  return request("POST", `/orgs/${part(scope.org)}/projects/${part(scope.project)}/profiles/import`, { query: { kind: "rafay" }, rawBody: text, contentType: "application/yaml" });
}
