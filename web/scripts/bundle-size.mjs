// What a browser loads before a page shows, compressed: the entry and the page's own chunks, without what waits behind
// an import() of its own. Fails when a page of the Developer Hub is above the budget.
import { gzipSync } from "node:zlib";
import { build } from "vite";

const BUDGET_KB = 250;
const HUB = /\/src\/areas\/hub\//;

const output = await build({ logLevel: "silent", build: { write: false } });
const chunks = new Map((Array.isArray(output) ? output[0] : output).output.filter((file) => file.type === "chunk").map((chunk) => [chunk.fileName, chunk]));
const sizes = new Map([...chunks].map(([name, chunk]) => [name, gzipSync(chunk.code).length]));

/** A chunk and everything it imports before it runs. */
function closure(name, seen = new Set()) {
  if (!chunks.has(name) || seen.has(name)) return seen;
  seen.add(name);
  for (const other of chunks.get(name).imports) closure(other, seen);
  return seen;
}

const entry = [...chunks.values()].find((chunk) => chunk.isEntry);
const base = closure(entry.fileName);
const total = (names) => [...names].reduce((sum, name) => sum + sizes.get(name), 0) / 1000;

const pages = [...chunks.values()]
  .filter((chunk) => chunk.isDynamicEntry && /\/src\/(areas|session|account)\//.test(chunk.facadeModuleId ?? ""))
  .map((chunk) => ({ name: chunk.facadeModuleId.replace(/^.*\/src\//, ""), hub: HUB.test(chunk.facadeModuleId), kb: total(closure(chunk.fileName, new Set(base))) }))
  .sort((a, b) => b.kb - a.kb);

console.log(`entry ${total(base).toFixed(1)} kB`);
for (const page of pages) console.log(`${page.kb.toFixed(1).padStart(7)} kB  ${page.name}`);

// The terminal and the charts load when their tab is opened, beside a page that stands already.
const late = /\/instance\/(TerminalTab|MetricsTab)\.tsx$/;
const over = pages.filter((page) => page.hub && !late.test(page.name) && page.kb > BUDGET_KB);
if (over.length > 0) {
  console.error(`above ${BUDGET_KB} kB: ${over.map((page) => page.name).join(", ")}`);
  process.exitCode = 1;
}
