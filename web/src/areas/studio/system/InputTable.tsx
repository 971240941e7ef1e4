// A template's inputs as a profile narrows them, to read.
import type { Field, InputRule } from "../../../api/types";
import { labelOf, limitsText, valueText } from "../../../forms/values";
import { studio } from "../../../messages/en/studio";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Tag } from "../../../ui/StateBadge";
import { mergeField } from "../designer/rules";

const m = studio.system;

interface Row {
  field: Field;
  rule: InputRule | undefined;
}
const rowId = (row: Row) => row.field.name;

export function InputTable({ fields, rules }: { fields: Field[]; rules?: InputRule[] }) {
  const rows = fields.map((field) => {
    const rule = rules?.find((one) => one.name === field.name);
    return { field: mergeField(field, rule), rule };
  });
  const columns: Column<Row>[] = [
    {
      id: "input",
      header: m.columns.input,
      primary: true,
      cell: ({ field }) => (
        <span className="flex flex-col">
          <span className="flex flex-wrap items-center gap-2">
            {labelOf(field)}
            {field.override === "locked" && <Tag>{m.locked}</Tag>}
            {field.hidden && <Tag>{m.hiddenInput}</Tag>}
          </span>
          <code className="font-normal text-muted">{field.name}</code>
        </span>
      ),
    },
    { id: "type", header: m.columns.type, cell: ({ field }) => <code>{field.type}</code> },
    { id: "default", header: m.columns.default, cell: ({ field }) => (field.default === undefined || field.default === null ? "–" : valueText(field, field.default)) },
    {
      id: "limits",
      header: m.columns.limits,
      cell: ({ field }) => (field.choices && field.choices.length > 0 ? field.choices.map((choice) => choice.label || String(choice.value)).join(", ") : (limitsText(field) ?? "–")),
    },
    { id: "required", header: m.columns.required, cell: ({ field }) => (field.required ? m.yes : m.no) },
  ];
  return <DataTable id="template-inputs" label={m.inputs} columns={columns} rows={rows} rowId={rowId} rowName={rowId} empty={{ title: m.noInputs }} />;
}
