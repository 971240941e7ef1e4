// Objects by name, wherever a person may see them: the server searches, each kind at most a handful.
import { useNavigate } from "@tanstack/react-router";
import { Boxes, Cpu, FileCode2, LibraryBig, Rocket, Server, SlidersHorizontal, SquareStack, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useList } from "../../api/hooks";
import { scopeOf } from "../../api/kinds";
import { useMe, usePermissions } from "../../api/session";
import type { Kind, Obj } from "../../api/types";
import { launchSearch, useCatalogue } from "../../areas/hub/catalogue/cards";
import { objectLink } from "../../lib/object-link";
import { paths } from "../../lib/paths";
import { useCurrentScope } from "../../lib/scope";
import { palette as m } from "../../messages/en/palette";
import { ui } from "../../messages/en/ui";
import type { Command } from "../../ui/CommandList";

const MOST_EACH = 8;
const icon = { size: 16, "aria-hidden": true } as const;
const ICONS: Partial<Record<Kind, ReactNode>> = {
  ServiceInstance: <SquareStack {...icon} />,
  ComputeInstance: <Cpu {...icon} />,
  Workspace: <Boxes {...icon} />,
  ServiceProfile: <SlidersHorizontal {...icon} />,
  ComputeProfile: <SlidersHorizontal {...icon} />,
  SystemProfile: <LibraryBig {...icon} />,
  EnvironmentTemplate: <FileCode2 {...icon} />,
  Target: <Server {...icon} />,
  User: <UserRound {...icon} />,
};

/** The word the server is asked for: the longest, because it finds texts that contain it whole. The list narrows by the others. */
export function serverWord(query: string): string {
  return query.split(/\s+/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}

/** One kind's objects that contain the word. Without a word only what lies in the project one is in. */
function useFound<K extends Kind>(kind: K, word: string, wanted: boolean, atPlatform = false) {
  const scope = useCurrentScope();
  const near = word === "";
  const list = useList(
    kind,
    atPlatform ? {} : near ? scope : {},
    { deep: !atPlatform, limit: MOST_EACH, ...(near ? { sort: "-updated_at" } : { search: word, sort: "name" }) },
    { enabled: wanted && (!near || (!atPlatform && Boolean(scope.project))) },
  );
  return { items: (list.items ?? []) as unknown as Obj[], isLoading: list.isLoading, wanted };
}

export function useObjectCommands(word: string, onClose: () => void): { commands: Command[]; isBehind: boolean } {
  const navigate = useNavigate();
  const scope = useCurrentScope();
  const me = useMe();
  const { can } = usePermissions(scope, Boolean(scope.org));
  const studio = me?.areas.includes("studio") ?? false;
  const searching = word !== "";
  const hub = me?.areas.includes("developer_hub") ?? false;
  const found = [
    useFound("ServiceInstance", word, hub),
    useFound("ComputeInstance", word, hub),
    useFound("Workspace", word, hub),
    useFound("ServiceProfile", word, studio && searching),
    useFound("ComputeProfile", word, studio && searching),
    useFound("EnvironmentTemplate", word, studio && searching && can("environment_template.view")),
    useFound("SystemProfile", word, studio && searching && can("system_profile.view"), true),
    useFound("Target", word, searching && can("target.view") && (me?.areas.includes("administration") ?? false), true),
    useFound("User", word, searching && can("user.view") && (me?.areas.includes("administration") ?? false), true),
  ];
  const commands = found.flatMap(({ items, wanted }) =>
    (wanted ? items : []).flatMap((object): Command[] => {
      const { kind, metadata } = object;
      const to = objectLink(kind, scopeOf(metadata), metadata.name, scope);
      if (to === undefined) return [];
      return [
        {
          id: metadata.uid,
          label: metadata.display_name || metadata.name,
          keywords: `${metadata.name} ${metadata.description ?? ""}`,
          hint: hintOf(object, scope),
          group: m.kinds[kind] ?? kind,
          icon: ICONS[kind],
          onSelect: () => {
            onClose();
            void navigate({ to });
          },
        },
      ];
    }),
  );
  return { commands, isBehind: found.some((one) => one.wanted && one.isLoading) };
}

/** Where it is, and its state. The place one is in goes without saying. */
function hintOf({ kind, metadata, spec, status }: Obj, here: { org?: string; project?: string }): string {
  if (kind === "User") return (spec as { email?: string }).email ?? "";
  const elsewhere = metadata.org !== undefined && (metadata.org !== here.org || metadata.project !== here.project);
  const place = elsewhere ? [metadata.org, metadata.project, metadata.workspace] : [metadata.workspace];
  const phase = (status as { phase?: keyof typeof ui.phases } | undefined)?.phase;
  return [place.filter(Boolean).join(" / "), phase ? ui.phases[phase] : ""].filter(Boolean).join(" · ");
}

/** The cards of the project one is in: choosing one opens its launch page. */
export function useCardCommands(onClose: () => void): Command[] {
  const navigate = useNavigate();
  const scope = useCurrentScope();
  const catalogue = useCatalogue(scope);
  return (catalogue.data ?? []).map((card) => ({
    id: `${card.project}/${card.kind}/${card.name}`,
    label: card.title,
    keywords: [card.name, card.description, ...(card.card.tags ?? [])].join(" "),
    hint: card.card.category ?? "",
    group: m.cards,
    icon: <Rocket {...icon} />,
    onSelect: () => {
      onClose();
      void navigate({ to: paths.launch(scope, card.kind, card.name), search: launchSearch(card, scope.project) as never });
    },
  }));
}
