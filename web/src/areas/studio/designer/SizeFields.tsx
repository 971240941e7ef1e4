// How much of a target a compute profile takes: fixed amounts, or expressions over its inputs.
import type { ComputeProfileSpec, Size, Target } from "../../../api/types";
import { formatSizeInput } from "../../../lib/amounts";
import { designer } from "../../../messages/en/designer";
import { Field, Input, TextField } from "../../../ui/Field";
import { at, useDesigner } from "./context";
import { readAmount, readCores, showCores } from "./draft";
import { useState } from "react";

const m = designer.environment;

export function SizeFields({ targets }: { targets: Target[] }) {
  const { draft, setSpec, readOnly, errorAt } = useDesigner();
  const { size } = draft.spec as ComputeProfileSpec;
  const set = (patch: Partial<Size>) => setSpec({ size: { ...size, ...patch } } as Partial<ComputeProfileSpec>);
  // Text while typing: "0." is no number yet and must not be rewritten.
  const [cores, setCores] = useState(showCores(size.cpu_millis));
  const memory = typeof size.memory_bytes === "number" ? formatSizeInput(size.memory_bytes) : size.memory_bytes;
  const models = [...new Set(targets.flatMap((target) => (target.status.inventory?.nodes ?? []).flatMap((node) => (node.gpus ?? []).map((gpu) => gpu.model))))];
  const setGpu = (count: string, model: string) => {
    if (count.trim() === "") {
      const { gpu: _gone, ...rest } = size;
      setSpec({ size: rest } as Partial<ComputeProfileSpec>);
    } else set({ gpu: { count: readAmount(count), ...(model === "" ? {} : { model }) } });
  };
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-3 text-16 font-semibold">{m.size}</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label={m.cpu}
          required
          help={m.cpuHelp}
          value={cores}
          onChange={(text) => {
            setCores(text);
            set({ cpu_millis: readCores(text) });
          }}
          {...at(errorAt("spec.size.cpu_millis"))}
          input={{ readOnly, autoComplete: "off" }}
        />
        <TextField label={m.memory} required help={m.memoryHelp} value={memory} onChange={(text) => set({ memory_bytes: text })} {...at(errorAt("spec.size.memory_bytes"))} input={{ readOnly, autoComplete: "off" }} />
        <TextField label={m.gpus} help={m.gpusHelp} value={size.gpu ? String(size.gpu.count) : ""} onChange={(text) => setGpu(text, size.gpu?.model ?? "")} {...at(errorAt("spec.size.gpu.count"))} input={{ readOnly, autoComplete: "off" }} />
        <Field label={m.model} help={m.modelHelp} {...at(errorAt("spec.size.gpu.model"))}>
          {(control) => (
            <>
              <Input
                {...control}
                list="designer-gpu-models"
                disabled={!size.gpu}
                readOnly={readOnly}
                autoComplete="off"
                value={size.gpu?.model ?? ""}
                onChange={(event) => setGpu(String(size.gpu?.count ?? ""), event.target.value)}
              />
              <datalist id="designer-gpu-models">
                {models.map((model) => (
                  <option key={model} value={model} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
    </fieldset>
  );
}
