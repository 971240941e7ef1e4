// Looking at a page the way a person, a narrow screen and a screen reader would.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OUT = fileURLToPath(new URL("../out", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NARROW = { width: 420, height: 900 };

let count = 0;

/** A picture of the window as it is, numbered in the order of the run. */
export async function picture(page, name) {
  count += 1;
  await shoot(page, `${String(count).padStart(2, "0")}-${name}.png`);
}

async function shoot(page, file) {
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: path.join(OUT, file), animations: "disabled" });
}

/**
 * Looks at a main page in light, dark and on a narrow screen: pictures of each, axe in both themes, and nothing that
 * scrolls sideways. Leaves the page as it was. What stands behind a dialog is hidden from everybody, its headings too.
 */
export async function look(page, name, { dialog = false } = {}) {
  if (!dialog) await settled(page);
  count += 1;
  const number = String(count).padStart(2, "0");
  const viewport = page.viewportSize();
  await shoot(page, `${number}-${name}.png`);
  await axe(page, `${name}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(page, `${number}-${name}-dark.png`);
  await axe(page, `${name}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(NARROW);
  await fitsSideways(page, name);
  await shoot(page, `${number}-${name}-narrow.png`);
  await page.setViewportSize(viewport);
}

/** Until nothing is loading any more: no skeleton, no table that is busy. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector("[aria-busy=true], .skeleton") === null && !/Updating…|Checking…/.test(document.body.innerText) && document.fonts.status === "loaded");
}

/** Fails with every rule that axe finds broken, and where. */
export async function axe(page, what) {
  // Through the debugger's own channel: the page's content security policy allows no script but its own.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (rules) => {
    const answer = await window.axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
    return answer.violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `    ${node.target.join(" ")} ${node.html}\n      ${node.failureSummary}`).join("\n")}`);
  }, RULES);
  assert.deepEqual(violations, [], `axe found faults on ${what}:\n${violations.join("\n")}`);
}

async function fitsSideways(page, name) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const beyond = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1);
    return [`${document.documentElement.scrollWidth} px are needed`, ...beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 200))];
  });
  assert.deepEqual(wide, [], `${name} scrolls sideways at ${NARROW.width} px`);
}
