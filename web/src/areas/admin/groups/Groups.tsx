// Groups of people: profiles are offered to them.
import type { Group } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { groups as m } from "../../../messages/en/groups";
import type { Column } from "../../../ui/DataTable";
import { RelativeTime } from "../../../ui/Time";
import { EditableList, FirstFew } from "../../EditableList";
import { GroupDialog } from "./GroupDialog";
import { nameColumn } from "../name-column";

/** Names shown in a row; the count says how many there are. */
const NAMED = 4;

export function Groups() {
  const { org } = useProjectScope();
  const columns: Column<Group>[] = [
    nameColumn,
    {
      id: "members",
      header: m.members,
      cell: ({ spec: { members } }) =>
        members.length === 0 ? (
          <span className="text-muted">{m.nobody}</span>
        ) : (
          <FirstFew all={members} most={NAMED} count={m.count} />
        ),
    },
    { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  return (
    <EditableList
      kind="Group"
      scope={{ org }}
      id="groups"
      words={m}
      subject="group"
      columns={columns}
      dialog={(group, close) => <GroupDialog org={org} group={group} onClose={close} />}
    />
  );
}
