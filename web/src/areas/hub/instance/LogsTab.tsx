// The log of a service: followed live, searched, wrapped, downloaded.
import { useVirtualizer } from "@tanstack/react-virtual";
import { Download } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { send } from "../../../api/client";
import { messageOf } from "../../../api/error";
import { itemPath, scopeOf } from "../../../api/kinds";
import type { ServiceInstance } from "../../../api/types";
import { readSetting, writeSetting } from "../../../lib/storage";
import { hub } from "../../../messages/en/hub";
import { Button } from "../../../ui/Button";
import { Checkbox, SearchInput } from "../../../ui/Field";
import { ErrorPanel, Notice } from "../../../ui/Page";
import { toast } from "../../../ui/Toast";
import { cx } from "../../../ui/cx";
import { KEPT_LINES, levelOf } from "./log-lines";
import { useLogStream } from "./log-stream";

const m = hub.logs;
const LINE_HEIGHT = 18;

async function download(path: string, name: string): Promise<void> {
  const response = await send("GET", path, { query: { tail: 1_000_000 } });
  const url = URL.createObjectURL(await response.blob());
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = `${name}.log`;
  anchor.click();
  // The browser has taken the address over by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

export function LogsTab({ instance }: { instance: ServiceInstance }) {
  const { metadata } = instance;
  const path = `${itemPath("ServiceInstance", scopeOf(metadata), metadata.name)}/logs`;
  const stream = useLogStream(path);
  const [search, setSearch] = useState("");
  const [wrap, setWrap] = useState(() => readSetting("logs.wrap") !== "no");
  const [follow, setFollow] = useState(true);
  const words = search.toLowerCase();
  const { lines } = stream;
  const count = lines.length + stream.dropped;
  // `lines` is one array that grows in place, so its length stands for its content.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const shown = useMemo(() => (words ? lines.filter((line) => line.toLowerCase().includes(words)) : [...lines]), [lines, count, words]);

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-4">
        <SearchInput label={m.search} value={search} onChange={setSearch} className="max-w-72" />
        {search && (
          <span role="status" className="text-12 text-muted">
            {m.matches(shown.length)}
          </span>
        )}
        <Checkbox label={m.follow} checked={follow} onChange={setFollow} />
        <Checkbox
          label={m.wrap}
          checked={wrap}
          onChange={(on) => {
            setWrap(on);
            writeSetting("logs.wrap", on ? undefined : "no");
          }}
        />
        <Button
          size="small"
          className="ml-auto"
          icon={<Download size={14} aria-hidden />}
          onClick={() => void download(path, metadata.name).catch((error: unknown) => toast(messageOf(error), "failed"))}
        >
          {m.download}
        </Button>
      </div>
      {stream.dropped > 0 && <p className="text-12 text-muted">{m.cut(KEPT_LINES)}</p>}
      {stream.state === "failed" && <ErrorPanel error={stream.error} onRetry={stream.again} />}
      <Lines lines={shown} wrap={wrap} follow={follow} onFollow={setFollow} highlight={words} />
      {stream.state === "ended" && (
        <Notice
          action={
            <Button size="small" onClick={stream.again}>
              {m.reconnect}
            </Button>
          }
        >
          {m.ended}
        </Notice>
      )}
    </div>
  );
}

function Lines({ lines, wrap, follow, onFollow, highlight }: { lines: string[]; wrap: boolean; follow: boolean; onFollow: (follow: boolean) => void; highlight: string }) {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => LINE_HEIGHT, overscan: 30 });
  useEffect(() => {
    if (follow && lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, lines, virtualizer]);
  const items = virtualizer.getVirtualItems();
  return (
    <div
      ref={box}
      role="log"
      aria-label={m.label}
      aria-live="off"
      tabIndex={0}
      onWheel={(event) => {
        // Scrolling up means reading: the page must not pull away.
        if (event.deltaY < 0 && follow) onFollow(false);
      }}
      className="h-[calc(100dvh-300px)] min-h-80 overflow-auto rounded-md border border-line bg-sunken py-2 font-mono text-12"
    >
      {lines.length === 0 ? (
        <p className="px-3 font-sans text-14 text-muted">{m.empty}</p>
      ) : (
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          <div className={cx("absolute top-0 left-0", wrap ? "w-full" : "min-w-full")} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map((item) => {
              const line = lines[item.index] ?? "";
              const level = levelOf(line);
              return (
                <div
                  key={item.key}
                  data-index={item.index}
                  ref={virtualizer.measureElement}
                  className={cx("min-h-[18px] px-3 leading-[18px]", wrap ? "break-all whitespace-pre-wrap" : "whitespace-pre", level === "error" && "text-failed", level === "warning" && "text-waiting")}
                >
                  <Highlighted text={line} word={highlight} />
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

function Highlighted({ text, word }: { text: string; word: string }) {
  if (!word) return text;
  const parts: React.ReactNode[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className="rounded-sm bg-accent-soft text-accent-ink">
        {text.slice(at, at + word.length)}
      </mark>,
    );
    from = at + word.length;
  }
  parts.push(text.slice(from));
  return parts;
}
