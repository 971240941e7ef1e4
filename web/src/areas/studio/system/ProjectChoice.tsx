// Chooses projects: some, found by searching, or all of them.
import { useState } from "react";
import type { Project } from "../../../api/types";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Checkbox, SearchInput } from "../../../ui/Field";
import { Tag } from "../../../ui/StateBadge";
import { rowName } from "../../../lib/rows";

/** Longer lists get a search. */
const SEARCH_FROM = 8;

/** `home` is marked, and cannot be taken away when `homeFixed`. */
export function ProjectChoice({
  projects,
  chosen,
  onChange,
  home,
  homeFixed,
  disabled,
}: {
  projects: Project[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  home?: string | undefined;
  homeFixed?: boolean;
  disabled?: boolean;
}) {
  const [search, setSearch] = useState("");
  const needle = search.toLowerCase();
  const shown = projects.filter((project) => `${project.metadata.name} ${rowName(project)}`.toLowerCase().includes(needle));
  const toggle = (name: string, on: boolean) => onChange(on ? [...chosen, name] : chosen.filter((one) => one !== name));
  if (projects.length === 0) return <p className="text-muted">{studio.launch.noProjects}</p>;
  return (
    <div className="flex flex-col gap-2">
      {projects.length >= SEARCH_FROM && <SearchInput value={search} onChange={setSearch} label={studio.launch.search} />}
      <ul className="flex max-h-56 flex-col gap-1.5 overflow-auto rounded-md border border-line px-3 py-2">
        {shown.length === 0 && <li className="text-muted">{ui.nothingMatches}</li>}
        {shown.map((project) => {
          const { name } = project.metadata;
          const isHome = name === home;
          return (
            <li key={name} className="flex items-start justify-between gap-3">
              <Checkbox
                label={rowName(project)}
                checked={chosen.includes(name) || (isHome && Boolean(homeFixed))}
                disabled={disabled || (isHome && Boolean(homeFixed))}
                onChange={(on) => toggle(name, on)}
              />
              {isHome && <Tag>{studio.launch.home}</Tag>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
