// What a person was told, newest first. Following one marks it read.
import { Link } from "@tanstack/react-router";
import { ArrowRightLeft, ArrowUpCircle, CircleCheck, CircleX, MailPlus, MoveRight, ShieldAlert, TriangleAlert, UserRoundCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { useNotifications } from "../../api/notifications";
import type { Notification, NotificationKind } from "../../api/types-people";
import { objectLink } from "../../lib/object-link";
import { useCurrentScope } from "../../lib/scope";
import { notifications as m } from "../../messages/en/notifications";
import { ui } from "../../messages/en/ui";
import { Button } from "../../ui/Button";
import { ErrorPanel, Skeleton } from "../../ui/Page";
import { RelativeTime } from "../../ui/Time";
import { cx } from "../../ui/cx";

const icon = { size: 16, "aria-hidden": true } as const;
const ICONS: Record<NotificationKind, ReactNode> = {
  launch_finished: <CircleCheck {...icon} className="text-running" />,
  launch_failed: <CircleX {...icon} className="text-failed" />,
  update_available: <ArrowUpCircle {...icon} className="text-working" />,
  invited: <MailPlus {...icon} className="text-muted" />,
  transferred: <ArrowRightLeft {...icon} className="text-muted" />,
  moved: <MoveRight {...icon} className="text-muted" />,
  approval_needed: <UserRoundCheck {...icon} className="text-waiting" />,
  approval_given: <CircleCheck {...icon} className="text-running" />,
  approval_refused: <CircleX {...icon} className="text-failed" />,
  sign_in_changed: <ShieldAlert {...icon} className="text-waiting" />,
  move_failed: <TriangleAlert {...icon} className="text-failed" />,
};

export function NotificationList({ inbox, onClose }: { inbox: ReturnType<typeof useNotifications>; onClose: () => void }) {
  const { items } = inbox;
  return (
    <>
      <div className="flex h-11 shrink-0 items-center justify-between gap-2 border-b border-line px-4">
        <h2 className="font-semibold">{m.label}</h2>
        {inbox.unread > 0 && (
          <Button size="small" variant="quiet" onClick={() => inbox.markRead()}>
            {m.readAll}
          </Button>
        )}
      </div>
      <div className="min-h-0 overflow-auto">
        {inbox.error && !items ? (
          <div className="p-3">
            <ErrorPanel error={inbox.error} onRetry={inbox.refetch} />
          </div>
        ) : !items ? (
          <div className="p-4" aria-busy="true">
            <Skeleton lines={4} />
          </div>
        ) : items.length === 0 ? (
          <p className="px-4 py-8 text-center text-muted">{m.empty}</p>
        ) : (
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <Row
                key={item.id}
                item={item}
                onOpen={() => {
                  if (!item.read) inbox.markRead([item.id]);
                  onClose();
                }}
              />
            ))}
          </ul>
        )}
        {inbox.hasMore && (
          <div className="flex justify-center p-2">
            <Button size="small" variant="quiet" busy={inbox.isFetchingMore} onClick={inbox.fetchMore}>
              {ui.table.loadMore}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

function Row({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const here = useCurrentScope();
  const { kind, name, ...place } = item.link;
  const to = objectLink(kind, place, name, here);
  const title = (
    <>
      {!item.read && <span className="sr-only">{m.unread} </span>}
      {item.title}
    </>
  );
  return (
    <li className={cx("relative flex gap-3 px-4 py-2.5", item.read ? "text-muted" : "bg-accent-soft/40", to && "hover:bg-hover")}>
      <span className="mt-0.5">{ICONS[item.kind]}</span>
      <div className="min-w-0 flex-1">
        <p className={cx("break-words", !item.read && "font-medium text-ink")}>
          {to ? (
            <Link to={to} onClick={onOpen} className="rounded-sm after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent">
              {title}
            </Link>
          ) : (
            title
          )}
        </p>
        {item.body && <p className="line-clamp-3 text-12 break-words">{item.body}</p>}
        <p className="text-12">
          {[place.project, place.workspace].filter(Boolean).join(" / ")}
          {place.project && " · "}
          <RelativeTime at={item.at} />
        </p>
      </div>
    </li>
  );
}
