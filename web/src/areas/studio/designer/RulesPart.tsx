// Who gets it, how many of it, and what it costs.
import { designer } from "../../../messages/en/designer";
import { PricePart } from "./PricePart";
import { SharingPart } from "./SharingPart";

const m = designer.rules;

export function RulesPart() {
  return (
    <div className="flex flex-col gap-8">
      <section className="flex flex-col gap-3">
        <h3 className="font-semibold">{m.who}</h3>
        <SharingPart />
      </section>
      <section className="flex flex-col gap-3">
        <h3 className="font-semibold">{m.price}</h3>
        <PricePart />
      </section>
    </div>
  );
}
