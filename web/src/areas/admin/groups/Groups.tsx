// Groups of people: profiles are offered to them.
import { useState } from "react";
import { useDelete } from "../../../api/hooks";
import { usePermissions } from "../../../api/session";
import type { Group } from "../../../api/types";
import { useProjectScope } from "../../../lib/scope";
import { admin } from "../../../messages/en/admin";
import { groups as m } from "../../../messages/en/groups";
import type { Column } from "../../../ui/DataTable";
import { ConfirmDialog } from "../../../ui/Dialog";
import { MoreMenu } from "../../../ui/Menu";
import { RelativeTime } from "../../../ui/Time";
import { toast } from "../../../ui/Toast";
import { rowName } from "../../../lib/rows";
import { ListPage } from "../../ListPage";
import { GroupDialog } from "./GroupDialog";

/** Names shown in a row; the count says how many there are. */
const NAMED = 4;

export function Groups() {
  const { org } = useProjectScope();
  const { can } = usePermissions({ org });
  const remove = useDelete("Group");
  const [edited, setEdited] = useState<Group | "new">();
  const [doomed, setDoomed] = useState<Group>();
  const columns: Column<Group>[] = [
    {
      id: "name",
      header: admin.common.name,
      primary: true,
      serverSort: "name",
      cell: (row) => (
        <span className="flex flex-col">
          {rowName(row)}
          <code className="font-normal text-muted">{row.metadata.name}</code>
        </span>
      ),
    },
    {
      id: "members",
      header: m.members,
      cell: ({ spec: { members } }) =>
        members.length === 0 ? (
          <span className="text-muted">{m.nobody}</span>
        ) : (
          <span>
            {m.count(members.length)}{" "}
            <span className="text-muted">
              {members.slice(0, NAMED).join(", ")}
              {members.length > NAMED && "…"}
            </span>
          </span>
        ),
    },
    { id: "changed", header: m.changed, serverSort: "updated_at", cell: (row) => <RelativeTime at={row.metadata.updated_at} /> },
  ];
  return (
    <ListPage
      kind="Group"
      scope={{ org }}
      id="groups"
      words={m}
      columns={columns}
      onNew={can("group.create") ? () => setEdited("new") : undefined}
      onOpen={can("group.update") ? setEdited : undefined}
      rowActions={(row) => (
        <MoreMenu
          label={m.actions(rowName(row))}
          entries={[
            { label: m.editDo, disabled: !can("group.update"), onSelect: () => setEdited(row) },
            { label: m.delete, danger: true, disabled: !can("group.delete"), onSelect: () => setDoomed(row) },
          ]}
        />
      )}
    >
      {edited && <GroupDialog org={org} group={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
      <ConfirmDialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={m.deleteTitle(doomed ? rowName(doomed) : "")}
        verb={m.deleteDo}
        onConfirm={async () => {
          if (!doomed) return;
          await remove.mutateAsync(doomed);
          toast(admin.common.deleted(rowName(doomed)));
        }}
      >
        <p>{m.deleteText}</p>
      </ConfirmDialog>
    </ListPage>
  );
}
