// Ctrl/Cmd-K: any page, project, instance or card by name.
import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { Cpu, Rocket, SquareStack } from "lucide-react";
import { useState } from "react";
import { useList } from "../api/hooks";
import { scopeOf } from "../api/kinds";
import { useMe, usePermissions } from "../api/session";
import { areas } from "../areas";
import { launchSearch, useCatalogue } from "../areas/hub/catalogue/cards";
import { useDebounced } from "../lib/hooks";
import { paths } from "../lib/paths";
import { useCurrentScope } from "../lib/scope";
import { frame as m } from "../messages/en/frame";
import { ui } from "../messages/en/ui";
import { type Command, CommandList } from "../ui/CommandList";
import { useProjectCommands } from "./Switcher";

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Dialog.Popup
          aria-label={m.palette.open}
          className="fixed top-[12dvh] left-1/2 z-40 w-[calc(100vw-32px)] max-w-xl -translate-x-1/2 rounded-md border border-line bg-raised shadow-float outline-none"
        >
          <PaletteList onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteList({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  const search = useDebounced(query, 150);
  const navigate = useNavigate();
  const scope = useCurrentScope();
  const me = useMe();
  const { can } = usePermissions(scope, Boolean(scope.org));
  const go = (to: string) => () => {
    onClose();
    void navigate({ to });
  };

  const pages: Command[] = areas
    .filter((area) => me?.areas.includes(area.name) && (scope.org || area.name === "operations"))
    .flatMap((area) =>
      area.pages
        .filter((page) => !page.needs || page.needs.some(can))
        .map((page) => ({
          id: page.to(scope),
          label: page.label,
          hint: area.label,
          group: m.palette.pages,
          icon: <page.icon size={16} aria-hidden />,
          onSelect: go(page.to(scope)),
        })),
    );
  const services = useList("ServiceInstance", scope, { deep: true, limit: 20, search }, { enabled: Boolean(scope.org) });
  const computes = useList("ComputeInstance", scope, { deep: true, limit: 20, search }, { enabled: Boolean(scope.org) });
  const instances: Command[] = [...(services.items ?? []), ...(computes.items ?? [])].map(({ kind, metadata, status }) => ({
    id: metadata.uid,
    label: metadata.display_name || metadata.name,
    hint: `${metadata.workspace ?? ""} · ${ui.phases[status.phase]}`,
    group: m.palette.instances,
    icon: kind === "ComputeInstance" ? <Cpu size={16} aria-hidden /> : <SquareStack size={16} aria-hidden />,
    onSelect: go(paths.instance(kind as "ComputeInstance" | "ServiceInstance", scopeOf(metadata), metadata.name)),
  }));
  const catalogue = useCatalogue(scope);
  const cards: Command[] = (catalogue.data ?? []).map((card) => ({
    id: `${card.project}/${card.kind}/${card.name}`,
    label: card.title,
    hint: card.card.category ?? "",
    group: m.palette.cards,
    icon: <Rocket size={16} aria-hidden />,
    onSelect: () => {
      onClose();
      void navigate({ to: paths.launch(scope, card.kind, card.name), search: launchSearch(card, scope.project) as never });
    },
  }));
  const projects = useProjectCommands(m.palette.projects, onClose, true);
  return <CommandList commands={[...pages, ...cards, ...instances, ...projects]} placeholder={m.palette.placeholder} empty={m.palette.empty} onQuery={setQuery} />;
}
