// Who gets it, how many of it, and what it costs.
import { designer } from "../../../messages/en/designer";
import { GroupsPart } from "./GroupsPart";
import { LimitPart } from "./LimitPart";
import { PricePart } from "./PricePart";
import { SharingPart } from "./SharingPart";

const m = designer.rules;

export function RulesPart() {
  return (
    <div className="flex flex-col gap-8">
      <section className="flex flex-col gap-4">
        <h3 className="text-16 font-semibold">{m.who}</h3>
        <SharingPart />
        <GroupsPart />
        <p className="text-muted">{designer.sharing.note}</p>
      </section>
      <section className="flex flex-col gap-3">
        <h3 className="text-16 font-semibold">{m.howMany}</h3>
        <LimitPart />
      </section>
      <section className="flex flex-col gap-3">
        <h3 className="text-16 font-semibold">{m.price}</h3>
        <PricePart />
      </section>
    </div>
  );
}
