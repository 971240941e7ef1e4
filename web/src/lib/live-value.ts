// A value that changes with every key and that only those hear of who show it: the field that is typed in, not the whole page.
// Who needs it now and then, such as a button that sends it, reads it when the time has come and always gets the newest.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useStable } from "./hooks";

export class LiveValue<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly set = (value: T): void => {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** A live value of this component's own; changing it draws nothing anew by itself. */
export function useOwnLive<T>(first: T): LiveValue<T> {
  return useState(() => new LiveValue(first))[0];
}

/** What `read` makes of the value, drawn anew whenever that changes. It must give the same object for the same value. */
export function useLive<T, R>(live: LiveValue<T>, read: (value: T) => R): R {
  return useSyncExternalStore(live.subscribe, () => read(live.get()));
}

/** The text that `write` makes, once neither the sources nor anything else it is made of has changed for a while. */
export function useRested(write: () => string, sources: readonly Pick<LiveValue<unknown>, "subscribe">[], pauseMilliseconds: number): { text: string; isBehind: boolean } {
  const [text, setText] = useState(write);
  const [isWaiting, setWaiting] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wait = useStable(() => {
    setWaiting(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setText(write());
      setWaiting(false);
    }, pauseMilliseconds);
  });
  const now = write();
  useEffect(() => {
    if (now !== text) wait();
    // Only what the page itself has changed: the sources tell by themselves.
  }, [now]);
  const [first] = useState(sources);
  useEffect(() => {
    const ends = first.map((source) => source.subscribe(wait));
    return () => {
      for (const end of ends) end();
      clearTimeout(timer.current);
    };
  }, [first, wait]);
  return { text, isBehind: isWaiting || now !== text };
}
