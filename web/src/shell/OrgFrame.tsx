// What an organization puts around every page: its accent and, where it is suspended, that nothing can be changed and why.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useObject } from "../api/hooks";
import { useWatch } from "../api/live";
import type { Look } from "../api/look";
import { useAccent } from "../lib/accent";
import { useCurrentScope } from "../lib/scope";
import { suspended as m } from "../messages/en/suspended";

export default function OrgFrame({ look }: { look: Look }) {
  useAccent(look.accent);
  const { org = "" } = useCurrentScope();
  const query = useObject("Organization", {}, org, { enabled: org !== "" });
  // Organizations live at the platform.
  useWatch(["Organization"], {}, org !== "");
  const reason = query.data?.spec.suspended?.reason;
  const client = useQueryClient();
  const suspended = reason !== undefined;
  // Buttons that were there a moment ago go, and come back.
  useEffect(() => void client.invalidateQueries({ queryKey: ["me", "permissions"] }), [client, suspended]);
  return (
    <div role="status">
      {reason && (
        <p className="border-b border-failed/40 bg-failed-soft px-4 py-2 break-words text-failed md:px-8">
          <strong>{m.title(query.data?.metadata.display_name || org)}</strong> {m.text} {m.reason(reason)}
        </p>
      )}
    </div>
  );
}
