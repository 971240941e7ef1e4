// The bell: how much is unread, and behind it what a person was told.
import { Popover } from "@base-ui/react/popover";
import { Bell as BellIcon } from "lucide-react";
import { Suspense, lazy, useState } from "react";
import { useNotifications } from "../../api/notifications";
import { useStable } from "../../lib/hooks";
import { notifications as m } from "../../messages/en/notifications";
import { Skeleton } from "../../ui/Page";
import { Tooltip } from "../../ui/Tooltip";

const List = lazy(() => import("./NotificationList").then((module) => ({ default: module.NotificationList })));

/** More than that is "many". */
const COUNTED = 99;

export function Bell() {
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState("");
  const inbox = useNotifications(useStable((notification) => setTold(m.told(notification.title))));
  const label = inbox.unread > 0 ? m.labelUnread(inbox.unread) : m.label;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Tooltip text={m.label}>
        <Popover.Trigger aria-label={label} className="relative flex size-8 shrink-0 items-center justify-center rounded-md hover:bg-hover">
          <BellIcon size={16} aria-hidden />
          {inbox.unread > 0 && (
            <span aria-hidden className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-accent px-1 text-center text-[10px] leading-4 font-semibold text-on-accent">
              {inbox.unread > COUNTED ? `${COUNTED}+` : inbox.unread}
            </span>
          )}
        </Popover.Trigger>
      </Tooltip>
      {/* Heard by screen readers wherever they are; the number on the bell is for the eye. */}
      <span role="status" aria-live="polite" className="sr-only">
        {told}
      </span>
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={4} collisionPadding={8} className="z-50">
          <Popover.Popup aria-label={m.label} className="flex max-h-[min(32rem,80dvh)] w-96 max-w-[calc(100vw-16px)] flex-col rounded-md border border-line bg-raised shadow-float outline-none">
            <Suspense fallback={<Skeleton lines={4} className="m-4" />}>
              <List inbox={inbox} onClose={() => setOpen(false)} />
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
