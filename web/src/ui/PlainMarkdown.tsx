// The common part of Markdown as elements: headings, lists, code, emphasis, links. No HTML, no images, nothing executed.
import { Fragment, type ReactNode } from "react";

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)\s]+\))/;

function inline(text: string): ReactNode[] {
  return text.split(INLINE).map((part, index) => {
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2)
      return (
        <code key={index} className="rounded-sm bg-sunken px-1">
          {part.slice(1, -1)}
        </code>
      );
    if (part.startsWith("**") && part.endsWith("**") && part.length > 4) return <strong key={index}>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\((https?:[^)\s]+)\)$/.exec(part);
    if (link)
      return (
        <a key={index} href={link[2]} target="_blank" rel="noopener noreferrer" className="text-accent-ink underline underline-offset-2">
          {link[1]}
        </a>
      );
    if (/^\*[^*]+\*$/.test(part)) return <em key={index}>{part.slice(1, -1)}</em>;
    return <Fragment key={index}>{part}</Fragment>;
  });
}

type Block = { kind: "heading" | "paragraph" | "code"; text: string } | { kind: "list"; ordered: boolean; items: string[] };

/** Splits a text into blocks. */
export function parseBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", text: paragraph.join(" ") });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line);
    if (line.startsWith("```")) {
      flush();
      const code: string[] = [];
      for (i += 1; i < lines.length && !lines[i]?.startsWith("```"); i += 1) code.push(lines[i] ?? "");
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (/^#{1,6}\s/.test(line)) {
      flush();
      blocks.push({ kind: "heading", text: line.replace(/^#+\s+/, "") });
    } else if (item) {
      flush();
      const ordered = item[1] !== undefined;
      const last = blocks.at(-1);
      if (last?.kind === "list" && last.ordered === ordered && lines[i - 1]?.trim() !== "") last.items.push(item[2] ?? "");
      else blocks.push({ kind: "list", ordered, items: [item[2] ?? ""] });
    } else if (line.trim() === "") flush();
    else {
      const last = blocks.at(-1);
      // An indented line goes on with the entry above it.
      if (paragraph.length === 0 && last?.kind === "list" && /^\s{2,}/.test(line)) last.items.push(`${last.items.pop() ?? ""} ${line.trim()}`);
      else paragraph.push(line.trim());
    }
  }
  flush();
  return blocks;
}

export function PlainMarkdown({ text }: { text: string }) {
  return (
    <div className="flex max-w-3xl flex-col gap-3 break-words">
      {parseBlocks(text).map((block, index) => {
        if (block.kind === "heading")
          return (
            <p key={index} className="mt-2 font-semibold first:mt-0">
              {inline(block.text)}
            </p>
          );
        if (block.kind === "code")
          return (
            <pre key={index} tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken px-3 py-2 text-12">
              {block.text}
            </pre>
          );
        if (block.kind === "list") {
          const items = block.items.map((item, i) => <li key={i}>{inline(item)}</li>);
          return block.ordered ? (
            <ol key={index} className="list-decimal pl-5">
              {items}
            </ol>
          ) : (
            <ul key={index} className="list-disc pl-5">
              {items}
            </ul>
          );
        }
        return <p key={index}>{inline(block.text)}</p>;
      })}
    </div>
  );
}
