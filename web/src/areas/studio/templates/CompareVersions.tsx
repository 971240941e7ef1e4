// What two versions of a template say differently.
import type { TemplateVersion } from "../../../api/types";
import { useSearchState } from "../../../lib/search-state";
import { templates } from "../../../messages/en/templates";
import { toYaml } from "../../../lib/yaml";
import { LineDiff } from "../../../ui/LineDiff";
import { SelectField } from "../../../ui/Field";

const m = templates.compare;

/** State and changelog may change at any time: they are not what a version is. */
function bodyOf({ state: _state, changelog: _changelog, version: _version, ...body }: TemplateVersion): string {
  return toYaml(body);
}

export function CompareVersions({ versions, current }: { versions: TemplateVersion[]; current: TemplateVersion }) {
  const [search, setSearch] = useSearchState<"from">();
  if (versions.length < 2) return <p className="text-muted">{m.one}</p>;
  const index = versions.indexOf(current);
  const other = versions.find((one) => one.version === search.from && one !== current) ?? versions[index - 1] ?? versions[index + 1];
  if (!other) return null;
  return (
    <div className="flex flex-col gap-4">
      <SelectField label={m.from} className="w-56" value={other.version} onChange={(from) => setSearch({ from })} options={versions.filter((one) => one !== current).map((one) => ({ value: one.version, label: one.version }))} help={m.onlyState} />
      <LineDiff label={`${other.version} → ${current.version}`} before={bodyOf(other)} after={bodyOf(current)} equal={m.equal} />
    </div>
  );
}
