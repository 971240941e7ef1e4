// What identifies an object in a list, and what it is called there.
import type { Obj } from "../api/types";

export const rowId = (row: Obj) => row.metadata.uid;
export const rowName = (row: Obj) => row.metadata.display_name || row.metadata.name;
