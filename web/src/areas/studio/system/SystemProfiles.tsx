// The shipped catalogue.
import { Link } from "@tanstack/react-router";
import { LibraryBig } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { usePermissions } from "../../../api/session";
import type { ComputeProfile, ServiceProfile, SystemProfile } from "../../../api/types";
import { useTitle } from "../../../lib/hooks";
import { useProjectScope } from "../../../lib/scope";
import { useSearchState } from "../../../lib/search-state";
import { studio } from "../../../messages/en/studio";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { SearchInput, Select } from "../../../ui/Field";
import { EmptyState, ErrorPanel, PageBody, PageHeader, Skeleton } from "../../../ui/Page";
import { ProfileIcon } from "../../../ui/ProfileIcon";
import { StateBadge, Tag } from "../../../ui/StateBadge";
import { cx } from "../../../ui/cx";
import { rowName } from "../../../lib/rows";
import { studioPaths } from "../paths";
import { useProfiles } from "../profiles/rows";
import { bodyOf } from "./body";
import { LaunchDialog } from "./LaunchDialog";
import { customisedFrom } from "./MadeFrom";

const m = studio.system;

/** What of a shipped profile is already offered in the project. */
export function useOffered(scope: { org: string; project: string }): Map<string, ComputeProfile | ServiceProfile> {
  const compute = useAll("ComputeProfile", scope);
  const service = useAll("ServiceProfile", scope);
  const mine = [...(compute.items ?? []), ...(service.items ?? [])].filter((profile) => profile.spec.parent?.as_shipped && profile.status.published);
  return new Map(mine.map((profile) => [profile.spec.parent?.name ?? "", profile]));
}

export function SystemProfiles() {
  useTitle(m.title);
  const scope = useProjectScope();
  const { can } = usePermissions(scope);
  const [search, setSearch] = useSearchState<"search" | "category" | "kind" | "tag">();
  const list = useAll("SystemProfile", {}, { sort: "name" });
  const offered = useOffered(scope);
  const profiles = useProfiles(scope);
  const [launching, setLaunching] = useState<SystemProfile>();
  const categories = [...new Set(list.items?.map((profile) => bodyOf(profile)?.card.category ?? "").filter(Boolean))].sort();
  // A tag of a single profile narrows nothing; searching finds it by that word too.
  const allTags = list.items?.flatMap((profile) => bodyOf(profile)?.card.tags ?? []) ?? [];
  const tags = [...new Set(allTags)].filter((tag) => tag === search.tag || allTags.indexOf(tag) !== allTags.lastIndexOf(tag)).sort();
  const words = (search.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const shown = list.items?.filter((profile) => {
    const card = bodyOf(profile)?.card;
    const text = [profile.metadata.name, rowName(profile), profile.metadata.description, card?.category, ...(card?.tags ?? [])].join(" ").toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!search.tag || card?.tags?.includes(search.tag)) &&
      (!search.category || card?.category === search.category) &&
      (!search.kind || profile.spec.workload === search.kind)
    );
  });
  return (
    <PageBody>
      <PageHeader title={m.title} description={m.text} />
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput value={search.search ?? ""} onChange={(value) => setSearch({ search: value })} label={m.search} className="max-w-72" />
        <Select aria-label={studio.profiles.kind} value={search.kind ?? ""} onChange={(event) => setSearch({ kind: event.target.value })} className="max-w-52">
          <option value="">{m.allKinds}</option>
          <option value="compute">{m.kinds.compute}</option>
          <option value="service">{m.kinds.service}</option>
        </Select>
        <Select aria-label={m.categories} value={search.category ?? ""} onChange={(event) => setSearch({ category: event.target.value })} className="max-w-52">
          <option value="">{m.all}</option>
          {categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
        </Select>
      </div>
      {tags.length > 0 && (
        <div role="group" aria-label={m.tags} className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <button
              key={tag}
              type="button"
              aria-pressed={search.tag === tag}
              onClick={() => setSearch({ tag: search.tag === tag ? "" : tag })}
              className={cx("rounded-md border px-2 py-0.5 text-12", search.tag === tag ? "border-accent bg-accent-soft font-medium text-accent-ink" : "border-line text-muted hover:text-ink")}
            >
              {tag}
            </button>
          ))}
        </div>
      )}
      {list.error && <ErrorPanel error={list.error} onRetry={list.refetch} />}
      {!list.items && !list.error && <Skeleton lines={6} />}
      {list.items?.length === 0 && <EmptyState title={m.empty.title} icon={<LibraryBig size={28} aria-hidden />}>{m.empty.text}</EmptyState>}
      {list.items && list.items.length > 0 && shown?.length === 0 && (
        <EmptyState title={ui.nothingMatches} action={<Button onClick={() => setSearch({ search: "", category: "", kind: "", tag: "" })}>{ui.table.clearFilters}</Button>} />
      )}
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {shown?.map((profile) => (
          <li key={profile.metadata.uid}>
            <SystemCard
              profile={profile}
              to={studioPaths.systemProfile(scope, profile.metadata.name)}
              updates={customisedFrom(profiles.rows ?? [], profile.metadata.name).filter((one) => one.spec.parent?.version !== profile.spec.version).length}
              offeredVersion={offered.get(profile.metadata.name)?.spec.parent?.version}
              {...(can(profile.spec.workload === "compute" ? "compute_profile.publish" : "service_profile.publish") ? { onLaunch: () => setLaunching(profile) } : {})}
            />
          </li>
        ))}
      </ul>
      {launching && <LaunchDialog profile={launching} scope={scope} onClose={() => setLaunching(undefined)} />}
    </PageBody>
  );
}

function SystemCard({ profile, to, offeredVersion, updates, onLaunch }: { profile: SystemProfile; to: string; offeredVersion: string | undefined; updates: number; onLaunch?: () => void }) {
  const card = bodyOf(profile)?.card;
  return (
    <article className="relative flex h-full flex-col gap-3 rounded-md border border-line bg-raised p-4 transition-colors duration-100 focus-within:border-line-strong hover:border-line-strong">
      <div className="flex items-start gap-3">
        <ProfileIcon name={card?.icon} />
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">
            <Link to={to} className="rounded-sm after:absolute after:inset-0 after:rounded-md">
              {rowName(profile)}
            </Link>
          </h2>
          <p className="line-clamp-3 text-muted">{profile.metadata.description}</p>
        </div>
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Tag>{profile.spec.workload === "service" ? ui.serviceProfile : ui.computeProfile}</Tag>
        {card?.category && <Tag>{card.category}</Tag>}
        <Tag>{profile.spec.version}</Tag>
      </div>
      <div className="mt-auto flex min-h-11 flex-wrap items-center justify-between gap-2 border-t border-line pt-3">
        {updates > 0 ? (
          <StateBadge tone="waiting">{m.updates(updates)}</StateBadge>
        ) : offeredVersion === undefined ? (
          <span />
        ) : offeredVersion === profile.spec.version ? (
          <StateBadge tone="running">{m.offeredHere}</StateBadge>
        ) : (
          <StateBadge tone="waiting">{m.updateHere(offeredVersion)}</StateBadge>
        )}
        {onLaunch && (
          <Button size="small" className="relative" onClick={onLaunch}>
            {m.launch}
          </Button>
        )}
      </div>
    </article>
  );
}
