import { describe, expect, it } from "vitest";
import { CARDS } from "../../../mock/data";
import { answerForm } from "../../../mock/form";
import { Store } from "../../../mock/store";
import type { FormAnswer } from "../../api/types";
import type { Preferences } from "../../api/types-people";
import type { LaunchDraft } from "./launch/draft";
import { stillAsked } from "./launch/start";
import { answersOf, cardKey, rememberLaunch, sortCards, toggleFavourite } from "./remembered";

const scope = { org: "acme", project: "vision" };
const key = (name: string, kind: "ComputeProfile" | "ServiceProfile" = "ServiceProfile") => cardKey(scope, { kind, name, project: "vision" });
const at = (day: number) => `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`;
const names = (cards: { name: string }[]) => cards.map((card) => card.name);

describe("what is remembered of a launch", () => {
  const form = answerForm(new Store(), "ServiceProfile", "jupyterlab", { inputs: {}, compute_inputs: {} }) as FormAnswer;
  const draft = { inputs: { packages: ["numpy"], token: "hunter2", idle: 5, unknown: 1 }, computeInputs: { memory: 8 }, compute: undefined } as unknown as LaunchDraft;

  it("is never a sensitive answer, nor one that is locked", () => {
    expect(answersOf(draft, form, at(1))).toEqual({ at: at(1), inputs: { packages: ["numpy"] }, compute_inputs: { memory: 8 } });
    expect(answersOf({ ...draft, compute: "gpu" }, form, at(1)).compute_inputs).toEqual({});
  });

  it("is the newest per profile, and little enough to be kept", () => {
    let now: Preferences = { favourites: ["kept"] };
    for (let day = 1; day <= 28; day += 1) now = rememberLaunch(now, key(`p${day}`), { at: at(day), inputs: { text: "x".repeat(100) }, compute_inputs: {} });
    expect(Object.keys(now.answers ?? {})).toHaveLength(20);
    expect(now.answers).toHaveProperty(key("p28"));
    expect(now.answers).not.toHaveProperty(key("p1"));
    expect(now.recent?.slice(0, 2)).toEqual([key("p28"), key("p27")]);
    expect(now.recent).toHaveLength(12);
    now = rememberLaunch(now, key("large"), { at: at(29), inputs: { text: "x".repeat(39_000) }, compute_inputs: {} });
    expect(JSON.stringify(now.answers).length).toBeLessThan(42_000);
    expect(now.favourites).toEqual(["kept"]);
  });

  it("goes when the next launch is without answers", () => {
    const now = rememberLaunch({ answers: { [key("a")]: { at: at(1), inputs: { a: 1 }, compute_inputs: {} } } }, key("a"), { at: at(2), inputs: {}, compute_inputs: {} });
    expect(now.answers).toEqual({});
    expect(now.recent).toEqual([key("a")]);
  });

  it("is given again only where it is still asked for", () => {
    expect(stillAsked({ packages: ["numpy"], idle: 5, unknown: 1 }, form.form.fields)).toEqual({ packages: ["numpy"] });
  });
});

describe("the catalogue's shelves", () => {
  it("show every card once: marked, launched last, the rest", () => {
    let now: Preferences = toggleFavourite({}, key("gpu-one", "ComputeProfile"));
    now = { ...now, recent: [key("gone"), key("gpu-one", "ComputeProfile"), key("jupyterlab"), key("terminal"), key("batch-job")] };
    const { favourites, recent, others } = sortCards(CARDS, scope, now, 2);
    expect(names(favourites)).toEqual(["gpu-one"]);
    expect(names(recent)).toEqual(["jupyterlab", "terminal"]);
    expect([...favourites, ...recent, ...others]).toHaveLength(CARDS.length);
    expect(toggleFavourite(now, key("gpu-one", "ComputeProfile")).favourites).toEqual([]);
  });
});
