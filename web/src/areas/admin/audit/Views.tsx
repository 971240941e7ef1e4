// Views of the trail that a person keeps: the filters under a name.
import { Bookmark, Plus, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useChangePreferences, usePreferences } from "../../../api/preferences";
import type { AuditView } from "../../../api/types-people";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { Menu, type MenuEntry } from "../../../ui/Menu";

const same = (a: AuditView["search"], b: AuditView["search"]) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

export function Views({ now, onChoose }: { now: AuditView["search"]; onChoose: (search: AuditView["search"]) => void }) {
  const views = usePreferences().preferences.audit_views ?? [];
  const [dialog, setDialog] = useState<"save" | "manage">();
  const entries: MenuEntry[] = views.map((view) => ({
    label: view.name,
    checked: same(view.search, now),
    onSelect: () => onChoose(view.search),
  }));
  if (views.length > 0) entries.push("separator");
  const empty = Object.keys(now).length === 0;
  entries.push({
    label: m.audit.saveView,
    icon: <Plus size={16} aria-hidden />,
    disabled: empty,
    ...(empty && { hint: m.audit.nothingToSave }),
    onSelect: () => setDialog("save"),
  });
  if (views.length > 0) entries.push({ label: m.audit.manageViews, icon: <Trash2 size={16} aria-hidden />, onSelect: () => setDialog("manage") });
  return (
    <>
      <Menu entries={entries} trigger={<Button icon={<Bookmark size={16} aria-hidden />}>{m.audit.views}</Button>} />
      {dialog === "save" && <Save now={now} onClose={() => setDialog(undefined)} />}
      {dialog === "manage" && <Manage views={views} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Save({ now, onClose }: { now: AuditView["search"]; onClose: () => void }) {
  const [name, setName] = useState("");
  const change = useChangePreferences();
  const wanted = name.trim();
  const save = () => {
    if (wanted === "") return;
    // A view of the same name is replaced.
    void change((known) => ({
      ...known,
      audit_views: [...(known.audit_views ?? []).filter((view) => view.name !== wanted), { name: wanted, search: now }],
    }));
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.audit.saveView}
      description={m.audit.saveViewText}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={wanted === ""}>
            {m.common.save}
          </Button>
        </>
      }
    >
      <TextField label={m.audit.viewName} required value={name} onChange={setName} input={{ maxLength: 60, autoFocus: true, autoComplete: "off" }} />
    </Dialog>
  );
}

function Manage({ views, onClose }: { views: AuditView[]; onClose: () => void }) {
  const change = useChangePreferences();
  const remove = (name: string) =>
    void change((known) => ({ ...known, audit_views: (known.audit_views ?? []).filter((view) => view.name !== name) }));
  return (
    <Dialog open onClose={onClose} title={m.audit.manageViews} footer={<Button onClick={onClose}>{ui.close}</Button>}>
      <ul className="flex flex-col divide-y divide-line">
        {views.map((view) => (
          <li key={view.name} className="flex items-center justify-between gap-2 py-1.5">
            <span className="min-w-0 break-words">{view.name}</span>
            <IconButton label={m.audit.deleteView(view.name)} onClick={() => remove(view.name)}>
              <X size={16} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
