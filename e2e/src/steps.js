// Tests that keep pictures of what went wrong.
import { picture } from "./look.js";

/** Runs a test's body; what the pages showed when it failed is kept: without that a failure in a browser is a riddle. */
export async function pictured(world, name, body) {
  try {
    await body();
  } catch (error) {
    const file = `failed-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
    for (const context of world.browser.contexts()) {
      for (const page of context.pages()) await picture(page, file).catch(() => undefined);
    }
    throw error;
  }
}

/** A job of several steps: each is a test of its own, and after one has failed the rest of its job is left out. */
export function steps(t, world) {
  let broken = false;
  return async (name, body) => {
    if (broken) return;
    await t.test(name, async () => {
      broken = true;
      await pictured(world, name, body);
      broken = false;
    });
  };
}
