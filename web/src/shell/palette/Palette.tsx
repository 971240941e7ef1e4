// Ctrl/Cmd-K: whatever a person may see or do, by name and by keyboard alone.
import { Dialog } from "@base-ui/react/dialog";
import { useState } from "react";
import { useDebounced } from "../../lib/hooks";
import { palette as m } from "../../messages/en/palette";
import { CommandList } from "../../ui/CommandList";
import { useProjectCommands } from "../Switcher";
import { useActionCommands, useHereCommands, usePageCommands } from "./pages";
import { serverWord, useCardCommands, useObjectCommands } from "./objects";

export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-backdrop" />
        <Dialog.Popup
          aria-label={m.title}
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
  const word = serverWord(query);
  const settled = useDebounced(word, 150);
  const here = useHereCommands(onClose);
  const pages = usePageCommands(onClose);
  const cards = useCardCommands(onClose);
  const objects = useObjectCommands(settled, onClose);
  const projects = useProjectCommands(m.projects, onClose, true);
  const actions = useActionCommands(onClose);
  return (
    <CommandList
      commands={[...here, ...pages, ...cards, ...objects.commands, ...projects, ...actions]}
      placeholder={m.placeholder}
      empty={m.empty}
      busy={word !== settled || objects.isBehind ? m.searching : undefined}
      onQuery={setQuery}
    />
  );
}
