import { expect, it } from "vitest";
import type { Target } from "../../../api/types";
import { initials, ownerIndex, placedGpus, summarize } from "./summary";

const gpu = (index: number, more: object = {}) => ({ id: `sim-${index}`, index, model: "A100-80GB", memory_bytes: 85899345920, simulated: true, healthy: true, ...more });
const target = (spec: object, conditions: object[] = []) =>
  ({
    metadata: { name: "local" },
    spec: { type: "process", cordoned: false, ...spec },
    status: {
      conditions,
      inventory: { nodes: [{ name: "a", cpu_millis: 4000, memory_bytes: 100, gpus: [gpu(0), gpu(1)] }, { name: "b", cpu_millis: 4000, memory_bytes: 100, gpus: [] }] },
      usage: { cpu_millis: 500, memory_bytes: 10, gpus: [{ gpu: "sim-1", instance_uid: "u", instance: "/acme/vision/research/nb", owner: "ana" }], instances: 1, queued: 0 },
    },
  }) as unknown as Target;

it("sums machines, and a limit stands above them", () => {
  expect(summarize(target({}))).toMatchObject({ cpuMillis: 8000, memoryBytes: 200, gpus: 2, usedGpus: 1, simulated: true, state: "unknown" });
  expect(summarize(target({ cpu_millis: 1000 })).cpuMillis).toBe(1000);
});

it("is ready only when no condition fails", () => {
  expect(summarize(target({}, [{ type: "Reachable", status: true }])).state).toBe("ready");
  const failing = summarize(target({}, [{ type: "Reachable", status: true }, { type: "Sandbox", status: false, message: "bwrap is missing" }]));
  expect(failing).toMatchObject({ state: "not_ready", message: "bwrap is missing" });
});

it("puts each GPU beside who holds it", () => {
  expect(placedGpus(target({})).map(({ gpu, use }) => [gpu.id, use?.owner])).toEqual([
    ["sim-0", undefined],
    ["sim-1", "ana"],
  ]);
});

it("gives owners a stable mark", () => {
  expect(ownerIndex(["cleo", "ana", "cleo"])).toEqual(new Map([["ana", 0], ["cleo", 1]]));
  expect([initials("ana"), initials("ana-lima")]).toEqual(["AN", "AL"]);
});
