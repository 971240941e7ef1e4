import { expect, it } from "vitest";
import type { Target } from "../../../api/types";
import { gpuModels, matchesTarget } from "./sizes";

const target = (models: string[], labels: Record<string, string>, capabilities: string[], commands: string[]) =>
  ({ metadata: { labels }, status: { capabilities, commands, inventory: { nodes: [{ gpus: models.map((model) => ({ model })) }] } } }) as unknown as Target;
const big = target(["H100-80GB", "H100-80GB"], { zone: "eu" }, ["gpus", "limits"], ["node"]);
const small = target([], {}, ["limits"], ["python3"]);

it("counts each GPU model over all targets", () => {
  expect(gpuModels([big, small, target(["A100-80GB", "H100-80GB"], {}, [], [])])).toEqual([{ model: "A100-80GB", count: 1 }, { model: "H100-80GB", count: 3 }]);
});

it("matches targets that have everything asked", () => {
  expect(matchesTarget({ gpu_model: "h100" }, big)).toBe(true);
  expect(matchesTarget({ gpu_model: "h100" }, small)).toBe(false);
  expect(matchesTarget({ capabilities: ["limits", "python3"] }, small)).toBe(true);
  expect(matchesTarget({ capabilities: ["limits"], labels: { zone: "eu" } }, small)).toBe(false);
  expect(matchesTarget({ labels: { zone: "eu" }, capabilities: ["node"], gpu_model: "H100-80GB" }, big)).toBe(true);
});
