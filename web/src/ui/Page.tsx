// The frame of a page's content: header, sections, and what stands there when there is nothing to show.
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, messageOf } from "../api/error";
import { ui as m } from "../messages/en/ui";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { cx } from "./cx";

/** The content of a page, at most 1280 pixels wide unless it is a table's. */
export function PageBody({ children, full }: { children: ReactNode; full?: boolean }) {
  return <div className={cx("flex flex-col gap-6 px-4 py-6 md:px-8", !full && "max-w-[1344px]")}>{children}</div>;
}

export function PageHeader({
  title,
  description,
  badges,
  actions,
  icon,
}: {
  title: ReactNode;
  description?: ReactNode;
  badges?: ReactNode;
  actions?: ReactNode;
  icon?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-start gap-3">
        {icon}
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-20 font-semibold break-words">{title}</h1>
            {badges}
          </div>
          {description && <p className="mt-0.5 max-w-3xl text-muted">{description}</p>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

export function Section({
  title,
  description,
  actions,
  children,
  id,
}: {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  id?: string;
}) {
  return (
    <section id={id} className="flex flex-col gap-3">
      {(title || actions) && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <div>
            {title && <h2 className="text-16 font-semibold">{title}</h2>}
            {description && <p className="text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Nothing here yet, and the one thing to do next. */
export function EmptyState({ title, children, action, icon }: { title: ReactNode; children?: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-md border border-dashed border-line px-6 py-12 text-center">
      {icon && <div className="text-muted">{icon}</div>}
      <p className="text-16 font-medium">{title}</p>
      {children && <p className="max-w-md text-muted">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** What went wrong, where, what to do, and the request's id to copy. */
export function ErrorPanel({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: ReactNode }) {
  const api = error instanceof ApiError ? error : undefined;
  return (
    <div role="alert" className="flex gap-3 rounded-md border border-failed/50 bg-failed-soft px-4 py-3">
      <TriangleAlert size={16} className="mt-0.5 shrink-0 text-failed" aria-hidden />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        {title && <p className="font-medium">{title}</p>}
        <p className="break-words">{messageOf(error)}</p>
        {api && api.fields.length > 0 && (
          <ul className="list-disc pl-5">
            {api.fields.map((field) => (
              <li key={`${field.path}:${field.message}`}>
                {field.path && <code className="mr-1">{field.path}</code>}
                {field.message}
              </li>
            ))}
          </ul>
        )}
        {api?.code === "forbidden" && (
          // A plain link: whoever is refused may be anywhere, and asks on a page of their own.
          <p>
            <a href={new URL("account/access", document.baseURI).href} className="font-medium text-accent-ink underline underline-offset-2">
              {m.requestAccess}
            </a>
          </p>
        )}
        {api?.requestId && (
          <p className="flex items-center gap-1 text-12 text-muted">
            {m.requestId} <code>{api.requestId}</code> <CopyButton text={api.requestId} label={m.copyRequestId} />
          </p>
        )}
      </div>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          {m.tryAgain}
        </Button>
      )}
    </div>
  );
}

/** A calm note that stays: what is so, and what to do about it. */
export function Notice({ tone = "plain", children, action }: { tone?: "plain" | "waiting" | "failed" | "working"; children: ReactNode; action?: ReactNode }) {
  const tones = {
    plain: "border-line bg-sunken",
    waiting: "border-waiting/40 bg-waiting-soft",
    failed: "border-failed/50 bg-failed-soft",
    working: "border-working/40 bg-working-soft",
  };
  return (
    <div className={cx("flex flex-wrap items-center justify-between gap-3 rounded-md border px-4 py-3", tones[tone])}>
      <div className="min-w-0 flex-1 basis-60">{children}</div>
      {action}
    </div>
  );
}

export function Skeleton({ className, lines = 1 }: { className?: string; lines?: number }) {
  return (
    <div aria-hidden className="flex flex-col gap-2">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className={cx("skeleton h-4", className)} />
      ))}
    </div>
  );
}

/** A skeleton in the shape of a page. */
export function PageSkeleton() {
  return (
    <PageBody>
      <div aria-busy="true" aria-label={m.loading} role="status" className="flex flex-col gap-4">
        <Skeleton className="h-7 w-64" />
        <Skeleton className="w-full max-w-2xl" lines={5} />
      </div>
    </PageBody>
  );
}
