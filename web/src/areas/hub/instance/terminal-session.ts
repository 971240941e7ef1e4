// One shell over one WebSocket: binary frames are its bytes, text frames are sizes and the exit code.
import { socketUrl } from "../../../api/client";

export interface TerminalHandlers {
  onOpen: () => void;
  onBytes: (bytes: Uint8Array) => void;
  /** With the exit code when the shell ended by itself, without one when the connection broke. */
  onEnd: (exitCode: number | undefined) => void;
}

export interface TerminalSession {
  write: (text: string) => void;
  resize: (columns: number, rows: number) => void;
  close: () => void;
}

export function openTerminal(path: string, columns: number, rows: number, handlers: TerminalHandlers): TerminalSession {
  const socket = new WebSocket(socketUrl(path, { columns, rows, tty: true }));
  socket.binaryType = "arraybuffer";
  const encoder = new TextEncoder();
  let exitCode: number | undefined;
  let closedHere = false;
  socket.onopen = handlers.onOpen;
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data !== "string") handlers.onBytes(new Uint8Array(data));
    else exitCode = (JSON.parse(data) as { exit_code?: number }).exit_code ?? exitCode;
  };
  socket.onclose = () => {
    if (!closedHere) handlers.onEnd(exitCode);
  };
  const isOpen = () => socket.readyState === WebSocket.OPEN;
  return {
    write: (text) => {
      if (isOpen()) socket.send(encoder.encode(text));
    },
    resize: (nextColumns, nextRows) => {
      if (isOpen()) socket.send(JSON.stringify({ resize: { columns: nextColumns, rows: nextRows } }));
    },
    close: () => {
      closedHere = true;
      socket.close();
    },
  };
}
