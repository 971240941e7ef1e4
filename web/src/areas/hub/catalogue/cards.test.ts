import { describe, expect, it } from "vitest";
import { CARDS } from "../../../../mock/data";
import { filterCards, filterOptions } from "./cards";

const names = (filter: Parameters<typeof filterCards>[1]) => filterCards(CARDS, filter).map((card) => card.name);

describe("the catalogue's filters", () => {
  it("find every word anywhere in a card", () => {
    expect(names({ search: "whole a100" })).toEqual(["gpu-one"]);
    expect(names({ search: "notebooks shell" })).toEqual([]);
  });

  it("tell cards with and without GPU apart, and by model", () => {
    expect(names({ gpu: "none" })).toEqual(["terminal", "cpu-small"]);
    expect(names({ gpu: "any", kind: "compute" })).toEqual(["gpu-one", "gpu-multi"]);
    expect(names({ gpu: "NVIDIA A100-SXM4-80GB", kind: "services" })).toEqual(["jupyterlab", "batch-job"]);
    expect(names({ gpu: "NVIDIA L4" })).toEqual([]);
  });

  it("keep what costs at most so much", () => {
    expect(names({ price: "0.5" })).toEqual(["terminal", "cpu-small"]);
    expect(names({ price: "2.4", kind: "compute" })).toEqual(["cpu-small", "gpu-one"]);
  });

  it("keep a target's cards", () => {
    const cards = CARDS.map((card, index) => ({ ...card, availability: { ...card.availability, target: index === 0 ? "dgx" : "local" } }));
    expect(filterCards(cards, { target: "dgx" }).map((card) => card.name)).toEqual(["jupyterlab"]);
    expect(filterOptions(cards).targets).toEqual(["dgx", "local"]);
  });

  it("offer only prices between the cheapest and the dearest", () => {
    expect(filterOptions(CARDS).prices).toEqual([0.1, 0.5, 1, 2.5, 5, 10]);
    expect(filterOptions([]).prices).toEqual([]);
  });
});
