// What an hour costs.
import { formatMoney } from "../../../lib/format";
import { designer } from "../../../messages/en/designer";
import { TextField } from "../../../ui/Field";
import { at, useDesigner } from "./context";

const m = designer.price;
const HOURS_PER_MONTH = 730;

export function PricePart() {
  const { kind, draft, setSpec, currency, readOnly, errorAt } = useDesigner();
  const price = draft.spec.price?.per_hour ?? "";
  const amount = Number(price);
  return (
    <div className="flex max-w-md flex-col gap-2">
      <TextField
        label={m.perHour(currency)}
        help={kind === "ComputeProfile" ? m.help : m.serviceHelp}
        value={price}
        // A comma is how many people write a decimal point.
        onChange={(text) => setSpec({ price: text.trim() === "" ? undefined : { per_hour: text.trim().replace(",", ".") } } as never)}
        {...at(errorAt("spec.price.per_hour") ?? errorAt("spec.price"))}
        input={{ inputMode: "decimal", autoComplete: "off", readOnly, className: "max-w-40 text-right" }}
      />
      {price !== "" && Number.isFinite(amount) && <p className="text-muted">{m.month(formatMoney(amount * HOURS_PER_MONTH, currency))}</p>}
    </div>
  );
}
