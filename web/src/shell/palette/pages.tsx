// Pages of every area, tabs of what one looks at, and things to do.
import { useLocation, useNavigate } from "@tanstack/react-router";
import { Boxes, FileCode2, KeyRound, LockKeyhole, LogOut, Monitor, Moon, PanelsTopLeft, SlidersHorizontal, Sun } from "lucide-react";
import { useMe, usePermissions, useSignOut } from "../../api/session";
import { areas } from "../../areas";
import { studioPaths } from "../../areas/studio/paths";
import { paths } from "../../lib/paths";
import { useCurrentScope } from "../../lib/scope";
import { type Theme, applyTheme } from "../../lib/theme";
import { frame } from "../../messages/en/frame";
import { palette as m } from "../../messages/en/palette";
import type { Command } from "../../ui/CommandList";

const icon = { size: 16, "aria-hidden": true } as const;

export function usePageCommands(onClose: () => void): Command[] {
  const navigate = useNavigate();
  const scope = useCurrentScope();
  const me = useMe();
  const { can } = usePermissions(scope, Boolean(scope.org));
  return areas
    .filter((area) => me?.areas.includes(area.name) && (scope.org || area.name === "operations"))
    .flatMap((area) =>
      area.pages
        .filter((page) => !page.needs || page.needs.some(can))
        .map((page) => ({
          id: page.to(scope),
          label: page.label,
          hint: area.label,
          group: m.pages,
          icon: <page.icon {...icon} />,
          onSelect: () => {
            onClose();
            void navigate({ to: page.to(scope) });
          },
        })),
    );
}

/** The tabs of the instance or workspace one looks at. */
export function useHereCommands(onClose: () => void): Command[] {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const found = /^(\/orgs\/[^/]+\/projects\/[^/]+\/workspaces\/([^/]+)(?:\/(instances|compute)\/([^/]+))?)(?:\/|$)/.exec(pathname);
  if (!found?.[1]) return [];
  const [, address, workspace, kind, instance] = found;
  const tabs = kind ? (kind === "instances" ? m.serviceTabs : m.computeTabs) : m.workspaceTabs;
  return Object.entries(tabs).map(([tab, label]) => ({
    id: `${address}/${tab}`,
    label,
    hint: decodeURIComponent(instance ?? workspace ?? ""),
    group: m.here,
    icon: <PanelsTopLeft {...icon} />,
    onSelect: () => {
      onClose();
      void navigate({ to: tab === "" ? address : `${address}/${tab}` });
    },
  }));
}

export function useActionCommands(onClose: () => void): Command[] {
  const navigate = useNavigate();
  const scope = useCurrentScope();
  const signOut = useSignOut();
  const { can } = usePermissions(scope, Boolean(scope.org));
  const me = useMe();
  const go = (to: string, search?: object) => () => {
    onClose();
    void navigate({ to, ...(search ? { search: search as never } : {}) });
  };
  const theme = (to: Theme) => () => {
    onClose();
    applyTheme(to);
  };
  const inProject = Boolean(scope.project);
  const studio = inProject && me?.areas.includes("studio");
  const all: (Command | false | undefined)[] = [
    inProject && can("workspace.create") && { id: "new-workspace", label: m.newWorkspace, icon: <Boxes {...icon} />, onSelect: go(paths.workspaces(scope), { new: true }) },
    studio && can("compute_profile.create") && { id: "new-compute", label: m.newComputeProfile, icon: <SlidersHorizontal {...icon} />, onSelect: go(studioPaths.newProfile(scope, "ComputeProfile")) },
    studio && can("service_profile.create") && { id: "new-service", label: m.newServiceProfile, icon: <SlidersHorizontal {...icon} />, onSelect: go(studioPaths.newProfile(scope, "ServiceProfile")) },
    studio && can("environment_template.create") && { id: "new-template", label: m.newTemplate, icon: <FileCode2 {...icon} />, onSelect: go(studioPaths.newTemplate(scope)) },
    { id: "tokens", label: frame.person.tokens, icon: <KeyRound {...icon} />, onSelect: go(paths.tokens()) },
    { id: "password", label: frame.person.password, icon: <LockKeyhole {...icon} />, onSelect: go(paths.password()) },
    { id: "light", label: m.theme.light, icon: <Sun {...icon} />, onSelect: theme("light") },
    { id: "dark", label: m.theme.dark, icon: <Moon {...icon} />, onSelect: theme("dark") },
    { id: "system", label: m.theme.system, icon: <Monitor {...icon} />, onSelect: theme("system") },
    { id: "sign-out", label: frame.person.signOut, icon: <LogOut {...icon} />, onSelect: () => void signOut() },
  ];
  return all.filter((command) => command !== false && command !== undefined).map((command) => ({ ...command, id: `do:${command.id}`, group: m.actions }));
}
