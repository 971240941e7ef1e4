// The compute a service brings, made without leaving the service: a size, a GPU, done.
import { useRef, useState } from "react";
import { useAll } from "../../../api/all";
import { api } from "../../../api/client";
import { collectionPath, itemPath } from "../../../api/kinds";
import { usePostOnce } from "../../../api/once";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ComputeProfile, ComputeProfileSpec } from "../../../api/types";
import { formatSizeInput, parseSizeInput } from "../../../lib/amounts";
import { designer } from "../../../messages/en/designer";
import { ui } from "../../../messages/en/ui";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { SelectField, TextField } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { NameFields, useNameFields } from "../../admin/NameFields";
import { rowName } from "../../../lib/rows";
import { SizePresets } from "./SizePresets";
import { at } from "./context";
import { readAmount, readCores } from "./draft";
import { lockTheRest } from "./rules";
import { SIZES, gpuModels } from "./sizes";
import { useTemplates } from "./templates";
import { ApiError } from "../../../api/error";

const m = designer.newComputeDialog;

export interface NewComputeProps {
  scope: { org: string; project: string };
  /** The service's title: the compute is called after it. */
  title: string;
  onClose: () => void;
  onMade: (name: string) => void;
}

export function NewCompute({ scope, title, onClose, onMade }: NewComputeProps) {
  const client = useQueryClient();
  const names = useNameFields(title === "" ? "" : m.called(title));
  const targets = useAll("Target", {}, { sort: "name" });
  const templates = useTemplates(scope.org);
  const models = gpuModels(targets.items ?? []);
  const fitting = (templates.items ?? []).filter((template) => template.spec.workload === "compute" && template.spec.versions.some((version) => version.state === "active"));
  const [chosen, setChosen] = useState<string>();
  const template = fitting.find((one) => one.metadata.name === chosen) ?? fitting[0];
  const version = template && [...template.spec.versions].reverse().find((one) => one.state === "active");
  const [cores, setCores] = useState(String(SIZES[0].cores));
  const [memory, setMemory] = useState(formatSizeInput(SIZES[0].memory));
  const [model, setModel] = useState("");
  const [gpus, setGpus] = useState("1");
  const post = usePostOnce();
  const made = useRef<ComputeProfile>(undefined);
  const make = useMutation({
    mutationFn: async () => {
      if (!template || !version) throw new Error(m.noTemplate);
      const spec: ComputeProfileSpec = {
        card: {},
        template: { name: template.metadata.name, version: version.version },
        size: { cpu_millis: readCores(cores), memory_bytes: parseSizeInput(memory) ?? memory, ...(model === "" ? {} : { gpu: { count: readAmount(gpus), model } }) },
        allocation: "dedicated",
        // The size stands: inputs that could only repeat it are not asked.
        inputs: lockTheRest(version.inputs ?? [], []).rules,
        sharing: { all_projects: false },
      };
      const metadata = { name: names.name, display_name: names.title };
      const at = (profile: string) => itemPath("ComputeProfile", scope, profile);
      // Made by an attempt that was not published: it is taken up again, and goes where another name is wanted now.
      const half = made.current;
      const again = half?.metadata.name === names.name ? half : undefined;
      if (half && !again) await api.delete(at(half.metadata.name));
      const profile = again ? await api.put<ComputeProfile>(at(names.name), { metadata, spec }, again.metadata.resource_version) : await post<ComputeProfile>(collectionPath("ComputeProfile", scope), { metadata, spec });
      made.current = profile;
      await post(`${at(names.name)}/publish`, { note: m.note });
      return names.name;
    },
    onSuccess: async (name) => {
      await client.invalidateQueries({ queryKey: ["objects", "ComputeProfile"] });
      onMade(name);
    },
  });
  const field = (path: string) => (make.error instanceof ApiError ? make.error.fields.find((error) => error.path.startsWith(path))?.message : undefined);
  const loose = make.error && !(make.error instanceof ApiError && make.error.fields.length > 0 && make.error.fields.every((error) => /^(metadata\.name|spec\.size)/.test(error.path))) ? make.error : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.title}
      description={m.text}
      onSubmit={() => names.ok && make.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button type="submit" variant="primary" busy={make.isPending} disabled={!names.ok || !version}>
            {m.do}
          </Button>
        </>
      }
    >
      <NameFields fields={names} error={field("metadata.name")} titleLabel={designer.card.title} />
      {fitting.length > 1 && (
        <SelectField label={designer.environment.template} value={template?.metadata.name ?? ""} onChange={setChosen} options={fitting.map((one) => ({ value: one.metadata.name, label: rowName(one) }))} />
      )}
      {templates.items && fitting.length === 0 && <Notice tone="waiting">{m.noTemplate}</Notice>}
      <SizePresets
        cores={Number(cores)}
        memory={parseSizeInput(memory) ?? undefined}
        disabled={false}
        onChoose={(nextCores, nextMemory) => {
          setCores(String(nextCores));
          setMemory(formatSizeInput(nextMemory));
        }}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={designer.environment.cpu} required value={cores} onChange={setCores} {...at(field("spec.size.cpu_millis"))} input={{ autoComplete: "off" }} />
        <TextField label={designer.environment.memory} required value={memory} onChange={setMemory} {...at(field("spec.size.memory_bytes"))} input={{ autoComplete: "off" }} />
        <SelectField
          label={designer.environment.model}
          value={model}
          onChange={setModel}
          placeholder={m.noGpu}
          options={models.map((one) => ({ value: one.model, label: designer.environment.modelCount(one.model, one.count) }))}
          {...at(field("spec.size.gpu.model"))}
        />
        {model !== "" && <TextField label={designer.environment.gpus} required value={gpus} onChange={setGpus} {...at(field("spec.size.gpu.count"))} input={{ inputMode: "numeric", autoComplete: "off" }} />}
      </div>
      {loose && <ErrorPanel error={loose} />}
    </Dialog>
  );
}
