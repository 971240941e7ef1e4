// Amounts as people type them, with the same units as the server reads.
const FACTORS: Record<string, number> = {
  "": 1,
  B: 1,
  k: 1e3, kB: 1e3, K: 1e3, KB: 1e3,
  M: 1e6, MB: 1e6,
  G: 1e9, GB: 1e9,
  T: 1e12, TB: 1e12,
  Ki: 2 ** 10, KiB: 2 ** 10,
  Mi: 2 ** 20, MiB: 2 ** 20,
  Gi: 2 ** 30, GiB: 2 ** 30,
  Ti: 2 ** 40, TiB: 2 ** 40,
};
const UNITS: [string, number][] = [["TiB", 2 ** 40], ["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]];

/** Bytes of `20GiB` or `500 MB`; undefined for nothing, null for what is no size. */
export function parseSizeInput(text: string): number | undefined | null {
  if (text.trim() === "") return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const factor = match && FACTORS[match[2] ?? ""];
  return match && factor !== undefined ? Math.round(Number(match[1]) * (factor ?? 1)) : null;
}

/** Bytes as text that reads back to the same number: `20GiB`, or plain bytes where no unit fits. */
export function formatSizeInput(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  const unit = UNITS.find(([, factor]) => bytes !== 0 && bytes % (factor / 4) === 0 && bytes >= factor);
  return unit ? `${bytes / unit[1]}${unit[0]}` : String(bytes);
}
