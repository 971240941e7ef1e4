// Draws Markdown. Raw HTML stays text, pictures are left out (no request to any other host), links open a new tab.
import type { ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import { frame as m } from "../messages/en/frame";

const SAFE = /^(https?:|mailto:)/i;

function Anchor({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  // A relative address would resolve against the console's own base and lead nowhere.
  if (!href || !SAFE.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" className="text-accent-ink underline underline-offset-2" title={m.openInNewTab}>
      {children}
    </a>
  );
}

const heading = ({ children }: { children?: ReactNode }) => <h3 className="mt-2 text-14 font-semibold">{children}</h3>;

const COMPONENTS: Components = {
  a: ({ href, children }) => <Anchor href={href}>{children}</Anchor>,
  // The page has its own outline; documentation starts one level below a section.
  h1: heading,
  h2: heading,
  h3: heading,
  h4: heading,
  ul: ({ children }) => <ul className="flex list-disc flex-col gap-1 pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="flex list-decimal flex-col gap-1 pl-5">{children}</ol>,
  code: ({ children }) => <code className="rounded-sm bg-sunken px-1 py-px">{children}</code>,
  pre: ({ children }) => (
    <pre tabIndex={0} className="overflow-auto rounded-md border border-line bg-sunken p-3">
      {children}
    </pre>
  ),
  blockquote: ({ children }) => <blockquote className="border-l-2 border-line-strong pl-3 text-muted">{children}</blockquote>,
  hr: () => <hr className="border-line" />,
};

export default function MarkdownText({ text }: { text: string }) {
  return (
    <div className="flex max-w-3xl flex-col gap-3 break-words">
      <ReactMarkdown components={COMPONENTS} disallowedElements={["img"]}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
