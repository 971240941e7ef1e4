// What was chosen at launch, in the words of the profile's form where that can still be read, and how to change it.
import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useObject } from "../../../api/hooks";
import { scopeOf } from "../../../api/kinds";
import { usePermissions } from "../../../api/session";
import type { Form, Instance, Values } from "../../../api/types";
import { isSealed, labelOf, valueText } from "../../../forms/values";
import { change } from "../../../messages/en/change";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { broughtWith } from "../launch/start";
import { isService } from "./Header";
import { ChangeInputs } from "./change/ChangeInputs";
import { mutableForm } from "./change/mutable-form";
import { useInstanceForm } from "./instance-form";

const m = hub.instance;

export function InputsTab({ instance }: { instance: Instance }) {
  const service = isService(instance);
  const scope = scopeOf(instance.metadata);
  const form = useInstanceForm(instance).data;
  const { can } = usePermissions(scope);
  const [changing, setChanging] = useState(false);
  const brought = broughtWith(instance);
  const compute = useObject("ComputeInstance", scope, brought ?? "", { enabled: brought !== undefined });
  const mayChange = can(service ? "service_instance.update" : "compute_instance.update") && instance.status.phase !== "deleting";
  const mutable = form && mutableForm(form.form).fields.length > 0;
  if (changing && form)
    return (
      <Section title={change.change}>
        <ChangeInputs instance={instance} answer={form} onClose={() => setChanging(false)} />
      </Section>
    );
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <Section
        title={m.inputsOf[service ? "service" : "compute"]}
        description={form && !mutable ? change.nothingMutable : undefined}
        actions={
          mayChange &&
          mutable && (
            <Button icon={<SlidersHorizontal size={16} aria-hidden />} onClick={() => setChanging(true)}>
              {change.change}
            </Button>
          )
        }
      >
        <Answers values={instance.spec.inputs ?? {}} form={form?.form} />
      </Section>
      {compute.data && Object.keys(compute.data.spec.inputs ?? {}).length > 0 && (
        <Section title={m.inputsOf.compute}>
          <Answers values={compute.data.spec.inputs} form={form?.compute_form} />
        </Section>
      )}
    </div>
  );
}

function Answers({ values, form }: { values: Values; form: Form | undefined }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return <p className="text-muted">{m.noInputs}</p>;
  const order = new Map(form?.fields.map((field, index) => [field.name, index]));
  const sorted = entries.sort(([a], [b]) => (order.get(a) ?? 1e6) - (order.get(b) ?? 1e6));
  return (
    <KeyValue
      entries={sorted.map(([name, value]) => {
        const field = form?.fields.find((one) => one.name === name) ?? { name, type: "text" as const };
        return {
          label: labelOf(field),
          value: (
            <span className="flex flex-wrap items-center gap-2">
              {isSealed(value) ? (
                <span className="text-muted">{m.sealed}</span>
              ) : field.type === "multiline" || field.type === "json" ? (
                <pre className="max-w-full overflow-x-auto text-12">{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>
              ) : (
                valueText(field, value)
              )}
              {"mutable" in field && field.mutable && <Tag>{m.mutable}</Tag>}
            </span>
          ),
        };
      })}
    />
  );
}
