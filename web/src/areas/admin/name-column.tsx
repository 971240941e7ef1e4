// The first column of a list: what people call it, and below that its name.
import type { Obj } from "../../api/types";
import { rowName } from "../../lib/rows";
import { admin } from "../../messages/en/admin";
import type { Column } from "../../ui/DataTable";

export const nameColumn: Column<Obj> = {
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
};
