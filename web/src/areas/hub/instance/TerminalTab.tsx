// A shell in the service. The terminal itself loads only when this tab is opened.
import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef, useState } from "react";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { ServiceInstance } from "../../../api/types";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { Notice } from "../../../ui/Page";
import { type TerminalSession, openTerminal } from "./terminal-session";
import { catchStyles } from "./terminal-styles";

const m = hub.terminal;

type State = { kind: "connecting" | "open" } | { kind: "ended"; exitCode: number | undefined };

function theme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { background: read("--sunken"), foreground: read("--ink"), cursor: read("--accent"), cursorAccent: read("--sunken"), selectionBackground: `${read("--accent")}55` };
}

export function TerminalTab({ instance }: { instance: ServiceInstance }) {
  const running = instance.status.phase === "running";
  const [round, setRound] = useState(0);
  // A session that is open stays until it ends, whatever the phase becomes.
  const [started, setStarted] = useState(running);
  useEffect(() => {
    if (running) setStarted(true);
  }, [running]);
  if (!started) return <Notice>{m.notRunning}</Notice>;
  return <Session key={round} instance={instance} onAgain={() => setRound(round + 1)} />;
}

function Session({ instance, onAgain }: { instance: ServiceInstance; onAgain: () => void }) {
  const { metadata } = instance;
  const path = `${itemPath("ServiceInstance", scopeOf(metadata), metadata.name)}/terminal`;
  const box = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<State>({ kind: "connecting" });

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const terminal = new Terminal({ fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono"), fontSize: 13, cursorBlink: true, scrollback: 5_000, theme: theme(), screenReaderMode: false });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    const { release } = catchStyles(() => terminal.open(element));
    fit.fit();
    const session: TerminalSession = openTerminal(path, terminal.cols, terminal.rows, {
      onOpen: () => {
        setState({ kind: "open" });
        session.resize(terminal.cols, terminal.rows);
        terminal.focus();
      },
      onBytes: (bytes) => terminal.write(bytes),
      onEnd: (exitCode) => {
        terminal.options.cursorBlink = false;
        setState({ kind: "ended", exitCode });
      },
    });
    terminal.onData((text) => session.write(text));
    terminal.onResize(({ cols, rows }) => session.resize(cols, rows));
    const sizes = new ResizeObserver(() => fit.fit());
    sizes.observe(element);
    const recolour = () => {
      terminal.options.theme = theme();
    };
    const themes = new MutationObserver(recolour);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", recolour);
    return () => {
      scheme.removeEventListener("change", recolour);
      themes.disconnect();
      sizes.disconnect();
      session.close();
      terminal.dispose();
      release();
    };
  }, [path]);

  return (
    <div className="flex flex-col gap-3">
      <div role="status" aria-live="polite">
        {state.kind === "connecting" && <p className="text-muted">{m.connecting}</p>}
        {state.kind === "ended" && (
          <Notice
            tone={state.exitCode === undefined ? "waiting" : "plain"}
            action={
              <Button size="small" onClick={onAgain}>
                {m.reconnect}
              </Button>
            }
          >
            {state.exitCode === undefined ? m.lost : m.ended(state.exitCode)}
          </Notice>
        )}
      </div>
      <div className="rounded-md border border-line bg-sunken p-2">
        <div ref={box} aria-label={m.label} role="application" className="h-[calc(100dvh-300px)] min-h-80" />
      </div>
    </div>
  );
}
