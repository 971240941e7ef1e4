// Filters of the instance list under names of one's own.
import { Bookmark, BookmarkPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useChangePreferences, usePreferences } from "../../../api/preferences";
import type { SavedFilter } from "../../../api/types-people";
import { hub } from "../../../messages/en/hub";
import { ui } from "../../../messages/en/ui";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { Menu, type MenuEntry } from "../../../ui/Menu";
import type { ListSearch } from "../search";
import { listSearch } from "../search";

const m = hub.instances.saved;

/** What of the address is a filter, without what is not set. */
export function filterOf(search: ListSearch): SavedFilter["search"] {
  const { new: _, ...kept } = search;
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== "")) as SavedFilter["search"];
}

const EMPTY = listSearch({});
const same = (a: SavedFilter["search"], b: SavedFilter["search"]) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

export function SavedFilters({ search, onSearch }: { search: ListSearch; onSearch: (change: ListSearch) => void }) {
  const saved = usePreferences().preferences.filters ?? [];
  const [dialog, setDialog] = useState<"save" | "manage">();
  const now = filterOf(search);
  const entries: MenuEntry[] = [
    ...(saved.length === 0 ? [{ heading: m.none }] : []),
    ...saved.map((filter): MenuEntry => ({ label: filter.name, checked: same(filter.search, now), onSelect: () => onSearch({ ...EMPTY, ...listSearch(filter.search) }) })),
    "separator",
    { label: m.save, icon: <BookmarkPlus size={16} aria-hidden />, disabled: Object.keys(now).length === 0, onSelect: () => setDialog("save") },
    ...(saved.length > 0 ? [{ label: m.manage, icon: <Trash2 size={16} aria-hidden />, onSelect: () => setDialog("manage") }] : []),
  ];
  return (
    <>
      <Menu align="start" entries={entries} trigger={<Button icon={<Bookmark size={16} aria-hidden />}>{m.label}</Button>} />
      {dialog === "save" && <Save now={now} onClose={() => setDialog(undefined)} />}
      {dialog === "manage" && <Manage saved={saved} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Save({ now, onClose }: { now: SavedFilter["search"]; onClose: () => void }) {
  const change = useChangePreferences();
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const submit = () => {
    setTried(true);
    const title = name.trim();
    if (title === "") return;
    // A name that is there already takes the new filters.
    void change((old) => ({ ...old, filters: [...(old.filters ?? []).filter((other) => other.name !== title), { id: Date.now().toString(36), name: title, search: now }] }));
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.saveTitle}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary">
            {ui.save}
          </Button>
        </>
      }
    >
      <TextField label={m.name} help={m.nameHelp} required value={name} onChange={setName} {...(tried && name.trim() === "" ? { error: m.nameMissing } : {})} input={{ autoFocus: true, autoComplete: "off", maxLength: 60 }} />
    </Dialog>
  );
}

function Manage({ saved, onClose }: { saved: SavedFilter[]; onClose: () => void }) {
  const change = useChangePreferences();
  return (
    <Dialog open onClose={onClose} title={m.manageTitle} footer={<Button onClick={onClose}>{ui.close}</Button>}>
      {saved.length === 0 ? (
        <p className="text-muted">{m.none}</p>
      ) : (
        <ul className="divide-y divide-line rounded-md border border-line">
          {saved.map((filter) => (
            <li key={filter.id} className="flex items-center justify-between gap-2 px-3 py-1.5">
              <span className="min-w-0 break-words">{filter.name}</span>
              <IconButton size="small" variant="quiet-danger" label={m.remove(filter.name)} onClick={() => void change((old) => ({ ...old, filters: (old.filters ?? []).filter((other) => other.id !== filter.id) }))}>
                <Trash2 size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
