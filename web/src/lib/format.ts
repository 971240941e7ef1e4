// Values as people read them. Words and separators come from Intl, never from hand-made patterns.
const LOCALE = "en";

const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const number0 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const number1 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const number2 = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });

/** No-break space between number and unit. */
const NBSP = "\u00a0";

export function formatNumber(value: number): string {
  return number2.format(value);
}

/** Bytes in binary units: `16 GiB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (Math.abs(value) >= 1024 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${number1.format(value)}${NBSP}${SIZE_UNITS[unit]}`;
}

/** Thousandths of a core: `1.5 CPU`. */
export function formatCpu(millis: number): string {
  return `${number2.format(millis / 1000)}${NBSP}CPU`;
}

/** Seconds with the two largest units: `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3_600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return `0${NBSP}s`;
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${number0.format(amount)}${NBSP}${unit}`)
    .join(" ");
}

/** A short step: `0.4 s` below ten seconds, else like a duration. */
export function formatElapsed(milliseconds: number): string {
  return milliseconds < 10_000 ? `${number1.format(Math.max(0, milliseconds) / 1000)}${NBSP}s` : formatDuration(milliseconds / 1000);
}

/** Money of a decimal string; small prices keep the digits that matter. */
export function formatMoney(amount: string | number, currency: string): string {
  const value = Number(amount);
  const digits = value !== 0 && Math.abs(value) < 1 ? 4 : 2;
  try {
    return new Intl.NumberFormat(LOCALE, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(
      value,
    );
  } catch {
    return `${number2.format(value)}${NBSP}${currency}`;
  }
}

/** A share between 0 and 1: `42%`. */
export function formatPercent(share: number): string {
  return new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [4.345, "week"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];

/** How long ago or ahead: `5 minutes ago`. */
export function formatRelative(at: string | Date, now: Date = new Date()): string {
  let amount = (new Date(at).getTime() - now.getTime()) / 1000;
  if (Math.abs(amount) < 5) return "just now";
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return relative.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return formatExact(at);
}

const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const exactTime = new Intl.DateTimeFormat(LOCALE, { timeStyle: "medium", hourCycle: "h23" });

/** Date and time to the second, in the reader's zone. */
export function formatExact(at: string | Date): string {
  return exact.format(new Date(at));
}

export function formatTime(at: string | Date): string {
  return exactTime.format(new Date(at));
}

/** `1 instance`, `2 instances`. */
export function formatCount(count: number, one: string, many: string): string {
  return `${number0.format(count)} ${count === 1 ? one : many}`;
}

/** A short GPU model without its maker: `A100 80GB`. */
export function formatGpuModel(model: string): string {
  return model.replace(/^NVIDIA\s+/i, "").replace(/-/g, " ");
}
