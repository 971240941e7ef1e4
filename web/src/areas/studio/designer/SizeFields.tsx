// How much of a target a compute profile takes: fixed amounts, or expressions over its inputs.
import { useState } from "react";
import type { ComputeProfileSpec, Size, Target } from "../../../api/types";
import { formatSizeInput, parseSizeInput } from "../../../lib/amounts";
import { designer } from "../../../messages/en/designer";
import { Field, Input, TextField } from "../../../ui/Field";
import { SizePresets } from "./SizePresets";
import { at, useDesigner } from "./context";
import { readAmount, readCores, showCores } from "./draft";
import { gpuModels } from "./sizes";

const m = designer.environment;

export function SizeFields({ targets }: { targets: Target[] }) {
  const { draft, setSpec, readOnly, errorAt } = useDesigner();
  const { size } = draft.spec as ComputeProfileSpec;
  const set = (patch: Partial<Size>) => setSpec({ size: { ...size, ...patch } } as Partial<ComputeProfileSpec>);
  // Text while typing: "0." is no number yet and must not be rewritten, and "1 G" is no size yet.
  const [cores, setCores] = useState(showCores(size.cpu_millis));
  const [memory, setMemory] = useState(typeof size.memory_bytes === "number" ? formatSizeInput(size.memory_bytes) : size.memory_bytes);
  const bytes = typeof size.memory_bytes === "number" ? size.memory_bytes : (parseSizeInput(size.memory_bytes) ?? undefined);
  const models = gpuModels(targets);
  const setGpu = (count: string, model: string) => {
    if (count.trim() === "") {
      const { gpu: _gone, ...rest } = size;
      setSpec({ size: rest } as Partial<ComputeProfileSpec>);
    } else set({ gpu: { count: readAmount(count), ...(model === "" ? {} : { model }) } });
  };
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-3 text-16 font-semibold">{m.size}</legend>
      <div className="mb-4">
        <SizePresets
          cores={typeof size.cpu_millis === "number" ? size.cpu_millis / 1000 : undefined}
          memory={bytes}
          disabled={readOnly}
          onChoose={(nextCores, nextMemory) => {
            setCores(String(nextCores));
            setMemory(formatSizeInput(nextMemory));
            set({ cpu_millis: nextCores * 1000, memory_bytes: nextMemory });
          }}
        />
      </div>
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
        <TextField label={m.memory} required help={m.memoryHelp} value={memory}
          onChange={(text) => {
            setMemory(text);
            // Bytes where it is a size already, as the server keeps it; expressions and what is no size go as they are.
            set({ memory_bytes: parseSizeInput(text) ?? text });
          }}
          {...at(errorAt("spec.size.memory_bytes"))}
          input={{ readOnly, autoComplete: "off" }}
        />
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
                {models.map(({ model, count }) => (
                  <option key={model} value={model} label={m.modelCount(model, count)} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
    </fieldset>
  );
}
