// Words of the notifications centre.
import { formatNumber } from "../../lib/format";

export const notifications = {
  label: "Notifications",
  labelUnread: (count: number) => `Notifications, ${formatNumber(count)} unread`,
  told: (title: string) => `New notification: ${title}`,
  unread: "Unread:",
  readAll: "Mark all as read",
  empty: "Nothing yet. You are told here when launches end, when an update is available, and when somebody invites you.",
};
