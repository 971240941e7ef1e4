// Follows a service's log over one streaming request, and asks again when it breaks.
import { useEffect, useReducer, useRef, useState } from "react";
import { send } from "../../../api/client";
import { LineBuffer } from "./log-lines";

const TAIL = 2_000;
const REDRAW_MS = 120;

export interface LogStream {
  lines: string[];
  dropped: number;
  state: "reading" | "ended" | "failed";
  error: unknown;
  again: () => void;
}

export function useLogStream(path: string): LogStream {
  const buffer = useRef(new LineBuffer());
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<LogStream["state"]>("reading");
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    const abort = new AbortController();
    const mine = buffer.current;
    mine.clear();
    setState("reading");
    setError(undefined);
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Many small pieces must not mean many renders.
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        redraw();
      }, REDRAW_MS);
    };
    const read = async () => {
      const response = await send("GET", path, { query: { tail: TAIL, follow: true }, signal: abort.signal });
      const reader = response.body?.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const piece = await reader?.read();
        if (!piece || piece.done) return;
        mine.add(decoder.decode(piece.value, { stream: true }));
        soon();
      }
    };
    read().then(
      () => !abort.signal.aborted && setState("ended"),
      (cause: unknown) => {
        if (abort.signal.aborted) return;
        setError(cause);
        setState("failed");
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, round]);

  return { lines: buffer.current.lines, dropped: buffer.current.dropped, state, error, again: () => setRound((old) => old + 1) };
}
