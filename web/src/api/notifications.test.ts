import { describe, expect, it } from "vitest";
import { withNotification, withRead } from "./notifications";
import type { Notification, NotificationPage } from "./types-people";

const told = (id: string, read = false): Notification => ({ id, at: "2026-01-01T00:00:00Z", kind: "invited", title: id, link: { kind: "Workspace", name: "w" }, read });
const data = (pages: NotificationPage[]) => ({ pages, pageParams: pages.map(() => undefined) });

describe("notifications", () => {
  it("come in on top, once, and are counted", () => {
    const before = data([{ items: [told("1", true)], unread: 0 }]);
    const after = withNotification(withNotification(before, told("2")), told("2"));
    expect(after.pages[0]).toMatchObject({ unread: 1, items: [{ id: "2" }, { id: "1" }] });
  });

  it("are counted down by what was unread, on whatever page it is", () => {
    const before = data([{ items: [told("3"), told("2", true)], unread: 5 }, { items: [told("1")], unread: 5 }]);
    const after = withRead(before, ["1", "2"]);
    expect(after.pages[0]?.unread).toBe(4);
    expect(after.pages[1]?.items[0]?.read).toBe(true);
    expect(after.pages[0]?.items[0]?.read).toBe(false);
  });

  it("can all be read, those not loaded included", () => {
    const after = withRead(data([{ items: [told("3")], unread: 40, next_cursor: "3" }]), undefined);
    expect(after.pages[0]).toMatchObject({ unread: 0, items: [{ read: true }] });
  });
});
