// A list page whose rows are changed in a dialog and deleted after a question, each where the person may.
import { type ReactNode, useState } from "react";
import { useDelete } from "../api/hooks";
import { usePermissions } from "../api/session";
import type { Kind, KindMap } from "../api/types";
import { rowName } from "../lib/rows";
import { admin } from "../messages/en/admin";
import { ConfirmDialog } from "../ui/Dialog";
import { MoreMenu } from "../ui/Menu";
import { toast } from "../ui/Toast";
import { ListPage, type ListPageProps, type ListWords } from "./ListPage";

/** The words of such a page. */
export interface EditableWords extends ListWords {
  actions: (name: string) => string;
  editDo: string;
  delete: string;
  deleteTitle: (name: string) => string;
  deleteText: string;
  deleteDo: string;
}

interface EditableListProps<K extends Kind> extends Pick<ListPageProps<K>, "kind" | "scope" | "id" | "columns" | "actions"> {
  words: EditableWords;
  /** The kind's word in permissions. */
  subject: string;
  /** Makes one (`undefined`) or changes the one that is given. */
  dialog: (row: KindMap[K] | undefined, close: () => void) => ReactNode;
  /** What else is to be known before one is deleted. */
  beforeDelete?: (row: KindMap[K]) => ReactNode;
}

export function EditableList<K extends Kind>({ kind, scope, words, subject, dialog, beforeDelete, ...list }: EditableListProps<K>) {
  const { can } = usePermissions(scope);
  const remove = useDelete(kind);
  const [edited, setEdited] = useState<KindMap[K] | "new">();
  const [doomed, setDoomed] = useState<KindMap[K]>();
  const edit = (row: KindMap[K]) => setEdited(() => row);
  return (
    <ListPage
      {...list}
      kind={kind}
      scope={scope}
      words={words}
      onNew={can(`${subject}.create`) ? () => setEdited("new") : undefined}
      onOpen={can(`${subject}.update`) ? edit : undefined}
      rowActions={(row) => (
        <MoreMenu
          label={words.actions(rowName(row))}
          entries={[
            { label: words.editDo, disabled: !can(`${subject}.update`), onSelect: () => edit(row) },
            { label: words.delete, danger: true, disabled: !can(`${subject}.delete`), onSelect: () => setDoomed(() => row) },
          ]}
        />
      )}
    >
      {edited && dialog(edited === "new" ? undefined : edited, () => setEdited(undefined))}
      <ConfirmDialog
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={words.deleteTitle(doomed ? rowName(doomed) : "")}
        verb={words.deleteDo}
        onConfirm={async () => {
          if (!doomed) return;
          await remove.mutateAsync(doomed);
          toast(admin.common.deleted(rowName(doomed)));
        }}
      >
        <p>{words.deleteText}</p>
        {doomed && beforeDelete?.(doomed)}
      </ConfirmDialog>
    </ListPage>
  );
}

/** How many there are, and the first of them by name. */
export function FirstFew({ all, most, count }: { all: string[]; most: number; count: (of: number) => string }) {
  return (
    <span title={all.length > most ? all.join("\n") : undefined}>
      {count(all.length)}{" "}
      <span className="text-muted">
        {all.slice(0, most).join(", ")}
        {all.length > most && "…"}
      </span>
    </span>
  );
}
