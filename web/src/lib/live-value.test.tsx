import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { LiveValue, useLive, useRested } from "./live-value";

afterEach(() => vi.useRealTimers());

it("tells only those of a change whose part of the value changed", () => {
  const live = new LiveValue<Record<string, string>>({ a: "1", b: "2" });
  let drawn = 0;
  const { result } = renderHook(() => {
    drawn += 1;
    return useLive(live, (all) => all.a);
  });
  act(() => live.set({ a: "1", b: "3" }));
  expect(drawn).toBe(1);
  act(() => live.set({ a: "4", b: "3" }));
  expect(result.current).toBe("4");
});

it("rests once nobody types, draws nothing between the first key and then, and knows that it is behind", () => {
  vi.useFakeTimers();
  const live = new LiveValue("");
  let drawn = 0;
  const { result, rerender } = renderHook(
    ({ rest }) => {
      drawn += 1;
      return useRested(() => `${live.get()}${rest}`, [live], 100);
    },
    { initialProps: { rest: "!" } },
  );
  act(() => live.set("a"));
  expect(result.current).toEqual({ text: "!", isBehind: true });
  const before = drawn;
  for (const text of ["ab", "abc", "abcd"]) {
    act(() => vi.advanceTimersByTime(60));
    act(() => live.set(text));
  }
  expect(drawn).toBe(before);
  act(() => vi.advanceTimersByTime(100));
  expect(result.current).toEqual({ text: "abcd!", isBehind: false });
  // What the page itself brings counts too.
  rerender({ rest: "?" });
  expect(result.current.isBehind).toBe(true);
  act(() => vi.advanceTimersByTime(100));
  expect(result.current).toEqual({ text: "abcd?", isBehind: false });
});
