// To which groups of people a profile is offered, where not to everybody there. A group can be made without leaving the page.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useAll } from "../../../api/all";
import { useCreate } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { User } from "../../../api/types";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Checkbox, FieldError, SearchInput } from "../../../ui/Field";
import { ErrorPanel, Skeleton } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { NameFields, useNameFields } from "../../admin/NameFields";
import { rowName } from "../../../lib/rows";
import { useDesigner } from "./context";

const m = designer.groups;
/** Fewer are seen at a glance. */
const SEARCH_FROM = 10;

export function GroupsPart() {
  const { scope, draft, setSpec, readOnly, errorAt } = useDesigner();
  const { can } = usePermissions({ org: scope.org });
  const groups = useAll("Group", { org: scope.org }, { sort: "name" });
  const { sharing } = draft.spec;
  const chosen = sharing.groups ?? [];
  const [some, setSome] = useState(chosen.length > 0);
  const [making, setMaking] = useState(false);
  const only = some || chosen.length > 0;
  const set = (next: string[]) =>
    setSpec((spec) => {
      const { groups: _old, ...rest } = spec.sharing;
      return { sharing: next.length > 0 ? { ...rest, groups: next } : rest };
    });
  const known = (groups.items ?? []).map((group) => ({ name: group.metadata.name, title: rowName(group), members: group.spec.members?.length ?? 0 }));
  // Groups in the draft that are gone still show, so that they can be taken out.
  const rows = [...known, ...chosen.filter((name) => !known.some((one) => one.name === name)).map((name) => ({ name, title: name, members: undefined }))];
  return (
    <fieldset className="flex max-w-xl flex-col gap-3" disabled={readOnly}>
      <legend className="mb-2 font-medium">{m.legend}</legend>
      <label className="flex gap-2">
        <input
          type="radio"
          name="designer-groups"
          checked={!only}
          onChange={() => {
            setSome(false);
            set([]);
          }}
          className="mt-0.5 size-4 accent-accent"
        />
        {m.everybody}
      </label>
      <label className="flex gap-2">
        <input type="radio" name="designer-groups" checked={only} onChange={() => setSome(true)} className="mt-0.5 size-4 accent-accent" />
        {m.some}
      </label>
      {only && groups.error && <ErrorPanel error={groups.error} onRetry={groups.refetch} />}
      {only && !groups.items && !groups.error && <Skeleton lines={2} />}
      {only && groups.items && (
        <div className="ml-6 flex flex-col gap-2" role="group" aria-label={m.some}>
          {rows.length === 0 && <p className="text-muted">{m.none}</p>}
          {rows.map((row) => (
            <Checkbox
              key={row.name}
              label={row.title}
              help={row.members === undefined ? m.gone : m.members(row.members)}
              checked={chosen.includes(row.name)}
              disabled={readOnly}
              onChange={(on) => set(on ? [...chosen, row.name] : chosen.filter((name) => name !== row.name))}
            />
          ))}
          {rows.length > 0 && chosen.length === 0 && <p className="text-12 text-muted">{m.untilChosen}</p>}
          {can("group.create") && !readOnly && (
            <Button size="small" className="self-start" icon={<Plus size={14} aria-hidden />} onClick={() => setMaking(true)}>
              {m.add}
            </Button>
          )}
        </div>
      )}
      <FieldError message={errorAt("spec.sharing.groups")} />
      {making && (
        <NewGroup
          org={scope.org}
          onClose={() => setMaking(false)}
          onMade={(name) => {
            setMaking(false);
            set([...chosen, name]);
          }}
        />
      )}
    </fieldset>
  );
}

function NewGroup({ org, onClose, onMade }: { org: string; onClose: () => void; onMade: (name: string) => void }) {
  const names = useNameFields();
  const users = useAll("User", {}, { sort: "name" });
  const [members, setMembers] = useState<string[]>([]);
  const [text, setText] = useState("");
  const create = useCreate("Group", { org });
  const wanted = text.trim().toLowerCase();
  const shown = (users.items ?? []).filter((user) => user.spec.active && (members.includes(user.metadata.name) || `${rowName(user)} ${user.metadata.name} ${user.spec.email}`.toLowerCase().includes(wanted)));
  const toggle = (user: User, on: boolean) => setMembers(on ? [...members, user.metadata.name] : members.filter((name) => name !== user.metadata.name));
  const submit = () =>
    names.ok &&
    create.mutate(
      { metadata: { name: names.name, display_name: names.title }, spec: { members } },
      {
        onSuccess: () => {
          toast(m.made(names.title || names.name));
          onMade(names.name);
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.newTitle}
      description={m.newText}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={!names.ok}>
            {m.create}
          </Button>
        </>
      }
    >
      <NameFields fields={names} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">{m.membersLegend(members.length)}</legend>
        {(users.items?.length ?? 0) >= SEARCH_FROM && <SearchInput value={text} onChange={setText} label={m.findPerson} />}
        {users.error && <ErrorPanel error={users.error} onRetry={users.refetch} />}
        <div className="flex max-h-56 flex-col gap-2 overflow-auto p-1">
          {shown.map((user) => (
            <Checkbox key={user.metadata.name} label={rowName(user)} help={user.spec.email} checked={members.includes(user.metadata.name)} onChange={(on) => toggle(user, on)} />
          ))}
        </div>
      </fieldset>
      {create.error && <ErrorPanel error={create.error} />}
    </Dialog>
  );
}
