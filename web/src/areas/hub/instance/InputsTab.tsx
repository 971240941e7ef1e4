// What was chosen at launch, in the words of the profile's form where that can still be read.
import { useQuery } from "@tanstack/react-query";
import { request } from "../../../api/client";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { Form, FormAnswer, Instance, Values } from "../../../api/types";
import { isSealed, labelOf, valueText } from "../../../forms/values";
import { hub } from "../../../messages/en/hub";
import { KeyValue } from "../../../ui/KeyValue";
import { Section } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { isService } from "./Header";

const m = hub.instance;

export function InputsTab({ instance }: { instance: Instance }) {
  const service = isService(instance);
  const { spec, metadata } = instance;
  const { org, project, workspace } = scopeOf(metadata);
  const profileKind = service ? "ServiceProfile" : "ComputeProfile";
  // The newest form gives labels; where the profile is gone or closed to the reader, names must do.
  const form = useQuery({
    queryKey: ["inputs-form", metadata.uid],
    queryFn: ({ signal }) =>
      request<FormAnswer>("POST", `${itemPath(profileKind, { org, project }, spec.profile.name)}/form`, {
        query: { home: spec.profile.project },
        body: { workspace, inputs: {}, compute_inputs: {} },
        signal,
      }),
    retry: false,
    staleTime: 300_000,
  });
  const computeInputs = service ? (instance.spec.compute_inputs ?? {}) : {};
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <Section title={m.inputsOf[service ? "service" : "compute"]}>
        <Answers values={spec.inputs ?? {}} form={form.data?.form} />
      </Section>
      {Object.keys(computeInputs).length > 0 && (
        <Section title={m.inputsOf.compute}>
          <Answers values={computeInputs} form={form.data?.compute_form} />
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
