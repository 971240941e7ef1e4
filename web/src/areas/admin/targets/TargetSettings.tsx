// What of the machine instances may take, and GPUs to pretend.
import { useState } from "react";
import { ApiError } from "../../../api/error";
import { useUpdate } from "../../../api/hooks";
import type { Target } from "../../../api/types";
import { formatSizeInput, parseSizeInput } from "../../../lib/amounts";
import { admin as m } from "../../../messages/en/admin";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, TextArea, TextField } from "../../../ui/Field";
import { ErrorPanel } from "../../../ui/Page";
import { withError } from "../../../ui/with-error";

export function TargetSettings({ target, onClose }: { target: Target; onClose: () => void }) {
  const [cpu, setCpu] = useState(target.spec.cpu_millis === undefined ? "" : String(target.spec.cpu_millis / 1000));
  const [memory, setMemory] = useState(formatSizeInput(target.spec.memory_bytes));
  const [gpus, setGpus] = useState((target.spec.simulated_gpus ?? []).join("\n"));
  const update = useUpdate("Target");
  const error = update.error instanceof ApiError ? update.error : undefined;
  const bytes = parseSizeInput(memory);
  const cores = cpu.trim() === "" ? undefined : Number(cpu);
  const ok = (cores === undefined || cores > 0) && bytes !== null;
  const submit = () => {
    if (!ok || bytes === null) return;
    const { cpu_millis: _cpu, memory_bytes: _memory, simulated_gpus: _gpus, ...kept } = target.spec;
    const lines = gpus.split("\n").map((line) => line.trim()).filter(Boolean);
    const spec = {
      ...kept,
      ...(cores === undefined ? {} : { cpu_millis: Math.round(cores * 1000) }),
      ...(bytes === undefined ? {} : { memory_bytes: bytes }),
      ...(lines.length > 0 ? { simulated_gpus: lines } : {}),
    };
    update.mutate({ object: target, spec }, { onSuccess: onClose });
  };
  const gpuError = error?.fields.find((field) => field.path.startsWith("spec.simulated_gpus"))?.message;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.targets.settings}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!ok} busy={update.isPending}>
            {m.common.save}
          </Button>
        </>
      }
    >
      <TextField label={m.targets.cpuLimit} optional help={m.targets.cpuLimitHelp} value={cpu} onChange={setCpu} {...withError(error?.field("spec.cpu_millis"))} input={{ inputMode: "decimal" }} />
      <TextField label={m.targets.memoryLimit} optional help={m.targets.memoryLimitHelp} value={memory} onChange={setMemory} {...withError(error?.field("spec.memory_bytes") ?? (bytes === null ? m.targets.memoryLimitHelp : undefined))} />
      <Field label={m.targets.simulatedGpus} optional help={m.targets.simulatedHelp} {...withError(gpuError)}>
        {(control) => <TextArea {...control} rows={3} value={gpus} onChange={(event) => setGpus(event.target.value)} className="font-mono" spellCheck={false} />}
      </Field>
      {update.error && <ErrorPanel error={update.error} />}
    </Dialog>
  );
}
