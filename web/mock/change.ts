// Plans a change roughly as the server would.
import type { Values } from "../src/api/types";
import type { ChangePlan, ChangeRequest } from "../src/api/types-change";
import { SERVICE_FORM } from "./data";
import type { AnyObject } from "./store";

const IN_PLACE = new Set(["theme", "startup"]);

export function planChange(object: AnyObject, { inputs = {}, generation }: ChangeRequest): ChangePlan {
  const old = (object.spec.inputs ?? {}) as Values;
  const names = Object.keys(inputs);
  const errors = names.flatMap((name) => {
    const field = SERVICE_FORM.fields.find((one) => one.name === name);
    const value = inputs[name];
    if (!field?.mutable) return [{ path: `inputs.${name}`, message: "cannot be changed after launch" }];
    return typeof value === "number" && typeof field.max === "number" && value > field.max ? [{ path: `inputs.${name}`, message: "is more than it may be" }] : [];
  });
  const changes = names.map((name) => ({ path: `inputs.${name}`, before: old[name], after: inputs[name] }));
  if (generation) changes.push({ path: "template.version", before: "1.0.0", after: "1.1.0" });
  const action = errors.length > 0 ? "invalid" : generation ? "restart" : names.length === 0 ? "none" : names.every((name) => IN_PLACE.has(name)) ? "in_place" : names.includes("disk") ? "replace" : "restart";
  return {
    action,
    changes: JSON.parse(JSON.stringify(changes)) as ChangePlan["changes"],
    errors,
    to: { generation: generation ?? 2, number: generation ? 3 : 2 },
    ...(action === "replace" ? { restarts: ["Segmentation notebook"], capacity: { state: "available", free: 2, message: "2 fit on local now" } } : {}),
  };
}
