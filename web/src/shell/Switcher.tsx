// The organization and project one works in, and the way to another.
import { Popover } from "@base-ui/react/popover";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, FolderClosed } from "lucide-react";
import { useState } from "react";
import { useList } from "../api/hooks";
import { areaOf } from "../areas";
import { useCurrentScope } from "../lib/scope";
import { writeSetting } from "../lib/storage";
import { frame as m } from "../messages/en/frame";
import { type Command, CommandList } from "../ui/CommandList";

/** The projects a person may see anywhere, as commands that open them. */
export function useProjectCommands(group: string | undefined, after: () => void, enabled: boolean): Command[] {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const scope = useCurrentScope();
  const projects = useList("Project", {}, { deep: true, limit: 200, sort: "name" }, { enabled });
  return (projects.items ?? []).map(({ metadata }) => {
    const target = { org: metadata.org ?? "", project: metadata.name };
    return {
      id: metadata.uid,
      label: metadata.display_name || metadata.name,
      hint: metadata.org ?? "",
      icon: <FolderClosed size={16} aria-hidden />,
      current: scope.org === target.org && scope.project === target.project,
      ...(group ? { group } : {}),
      onSelect: () => {
        writeSetting("scope", `${target.org}/${target.project}`);
        // Stay in the same area: a PaaS admin who changes the project wants its studio.
        void navigate({ to: areaOf(pathname).home(target) });
        after();
      },
    };
  });
}

export function Switcher() {
  const [open, setOpen] = useState(false);
  const scope = useCurrentScope();
  const commands = useProjectCommands(undefined, () => setOpen(false), open);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={scope.org ? m.switcher.label([scope.org, scope.project].filter(Boolean).join(" / ")) : m.switcher.none}
        className="flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2 hover:bg-hover"
      >
        {scope.org ? (
          <>
            <span className="truncate text-muted max-sm:hidden">{scope.org}</span>
            {scope.project && (
              <>
                <span aria-hidden className="text-muted max-sm:hidden">
                  /
                </span>
                <span className="truncate font-medium">{scope.project}</span>
              </>
            )}
          </>
        ) : (
          <span className="text-muted">{m.switcher.none}</span>
        )}
        <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-muted" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={4} className="z-50">
          <Popover.Popup aria-label={m.switcher.none} className="w-80 max-w-[calc(100vw-16px)] rounded-md border border-line bg-raised shadow-float outline-none">
            <CommandList commands={commands} placeholder={m.switcher.search} empty={m.switcher.empty} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
