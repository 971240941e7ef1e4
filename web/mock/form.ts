// Answers the form question roughly as the server would: enough to build the page against.
import type { FieldError, Form, FormAnswer, FormRequest, Json, Values } from "../src/api/types";
import { CARDS, COMPUTE_FORM, SERVICE_FORM } from "./data";
import type { Store } from "./store";

function check(form: Form, given: Values, prefix: string, visible: Set<string>, errors: FieldError[]): Values {
  const values: Values = {};
  for (const field of form.fields) {
    const value: Json | undefined = field.locked ? field.default : (given[field.name] ?? field.default);
    if (value !== undefined && value !== null && value !== "") values[field.name] = value;
  }
  for (const field of form.fields) {
    const path = `${prefix}.${field.name}`;
    const shown = field.visible_when !== "inputs.git" || values.git === true;
    if (!shown) {
      delete values[field.name];
      continue;
    }
    visible.add(path);
    const value = values[field.name];
    if (value === undefined) {
      if (field.required || (field.required_when && values.git === true)) errors.push({ path, message: `${field.label} is required` });
    } else if (typeof value === "number" && typeof field.min === "number" && typeof field.max === "number" && (value < field.min || value > field.max))
      errors.push({ path, message: `must be between ${field.min} and ${field.max}` });
    else if (typeof value === "string" && field.pattern && !new RegExp(field.pattern).test(value)) errors.push({ path, message: field.pattern_message ?? "does not match" });
  }
  return values;
}

export function answerForm(store: Store, kind: "ComputeProfile" | "ServiceProfile", name: string, body: FormRequest): FormAnswer | undefined {
  const card = CARDS.find((c) => c.kind === kind && c.name === name);
  if (!card) return undefined;
  const service = kind === "ServiceProfile";
  const form = service ? SERVICE_FORM : COMPUTE_FORM;
  const visible = new Set<string>();
  const errors: FieldError[] = [];
  const values = check(form, body.inputs, "inputs", visible, errors);
  const needsForm = service && !body.compute;
  const computeValues = needsForm ? check(COMPUTE_FORM, body.compute_inputs, "compute_inputs", visible, errors) : {};
  return {
    profile: { kind, name, project: card.project, generation: card.generation, title: card.title, description: card.description, card: card.card },
    form,
    ...(service ? { compute_form: COMPUTE_FORM } : {}),
    values,
    compute_values: computeValues,
    visible: [...visible],
    required: ["inputs.python", "inputs.disk", ...(values.git ? ["inputs.repository"] : [])],
    errors,
    offered: { to_viewer: true, reason: "It is offered to everybody in the project vision." },
    compute_options: service
      ? store.list("ComputeInstance", { org: "acme", project: "vision", workspace: body.workspace ?? "" }).map((object) => ({
          name: object.metadata.name,
          title: object.metadata.display_name || object.metadata.name,
          phase: object.status.phase as never,
          size: object.status.size as never,
        }))
      : [],
    summary: {
      ...(card.size ? { size: card.size } : {}),
      ...(card.price_per_hour ? { price_per_hour: card.price_per_hour, price_per_month: String(Number(card.price_per_hour) * 730) } : {}),
      currency: card.currency,
      target: "local",
      targets: ["local"],
      isolation: card.isolation,
      badges: card.badges,
      access: service ? [{ endpoint: "lab", title: "JupyterLab", access: "owner" }] : [],
      capacity: card.availability,
    },
  };
}
