import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatCpu, formatDuration, formatElapsed, formatGpuModel, formatMoney, formatPercent, formatRelative } from "./format";

/** No-break spaces as plain ones, so that expectations can be read. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formatters", () => {
  it("shows bytes in binary units", () => {
    expect(plain(formatBytes(0))).toBe("0 B");
    expect(plain(formatBytes(1023))).toBe("1,023 B");
    expect(plain(formatBytes(1536))).toBe("1.5 KiB");
    expect(plain(formatBytes(16 * 2 ** 30))).toBe("16 GiB");
    expect(plain(formatBytes(3000 * 2 ** 40))).toBe("3,000 TiB");
  });

  it("shows CPU in cores", () => {
    expect(plain(formatCpu(500))).toBe("0.5 CPU");
    expect(plain(formatCpu(64_000))).toBe("64 CPU");
  });

  it("shows the two largest units of a duration, without empty ones", () => {
    expect(plain(formatDuration(0))).toBe("0 s");
    expect(plain(formatDuration(59.9))).toBe("59 s");
    expect(plain(formatDuration(7_500))).toBe("2 h 5 min");
    expect(plain(formatDuration(3_605))).toBe("1 h");
    expect(plain(formatDuration(90_061))).toBe("1 d 1 h");
    expect(plain(formatDuration(-5))).toBe("0 s");
  });

  it("shows short steps with tenths", () => {
    expect(plain(formatElapsed(420))).toBe("0.4 s");
    expect(plain(formatElapsed(61_000))).toBe("1 min 1 s");
  });

  it("shows money with its currency and keeps small prices exact", () => {
    expect(plain(formatMoney("2.4", "EUR"))).toBe("€2.40");
    expect(plain(formatMoney("0.0125", "USD"))).toBe("$0.0125");
    expect(plain(formatMoney("1752", "USD"))).toBe("$1,752.00");
    // A currency Intl does not know is still told.
    expect(plain(formatMoney("3", "not-a-currency"))).toBe("3 not-a-currency");
  });

  it("shows moments relative to now, rounding towards now", () => {
    const now = new Date("2026-05-05T12:00:00Z");
    const at = (seconds: number) => formatRelative(new Date(now.getTime() + seconds * 1000), now);
    expect(at(-2)).toBe("just now");
    expect(at(-59)).toBe("59 seconds ago");
    expect(at(-119)).toBe("1 minute ago");
    expect(at(7_300)).toBe("in 2 hours");
    expect(at(-86_400)).toBe("yesterday");
    expect(at(-400 * 86_400)).toBe("last year");
  });

  it("shows counts, shares and GPU models", () => {
    expect(formatCount(1, "card", "cards")).toBe("1 card");
    expect(formatCount(0, "card", "cards")).toBe("0 cards");
    expect(formatPercent(0.424)).toBe("42%");
    expect(formatGpuModel("NVIDIA A100-SXM4-80GB")).toBe("A100 SXM4 80GB");
  });
});
