// A job of several steps: each is a test of its own, and after one has failed the rest of its job is left out.
import { picture } from "./look.js";

/** What the pages showed when a step failed is kept as pictures: without them a failure in a browser is a riddle. */
export function steps(t, world) {
  let broken = false;
  return async (name, body) => {
    if (broken) return;
    await t.test(name, async () => {
      try {
        await body();
      } catch (error) {
        broken = true;
        for (const context of world.browser.contexts()) {
          for (const page of context.pages()) await picture(page, `failed-${name.replaceAll(/[^a-z0-9]+/gi, "-")}`).catch(() => undefined);
        }
        throw error;
      }
    });
  };
}
