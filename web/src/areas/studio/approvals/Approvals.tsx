// Drafts that wait for a second person: who asked, what changes, and for whoever may, the button that publishes.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMe, usePermissions } from "../../../api/session";
import { rowName } from "../../../lib/rows";
import { duties } from "../../../messages/en/duties";
import { Button } from "../../../ui/Button";
import { Section } from "../../../ui/Page";
import { Tag } from "../../../ui/StateBadge";
import { RelativeTime } from "../../../ui/Time";
import { ui } from "../../../messages/en/ui";
import { PublishDialog } from "../designer/PublishDialog";
import { studioPaths } from "../paths";
import { type Profile, kindOf, waits } from "../profiles/rows";

const m = duties.waiting;

export function Approvals({ rows, scope }: { rows: Profile[]; scope: { org: string; project: string } }) {
  const me = useMe()?.user.name;
  const { can } = usePermissions(scope);
  const [open, setOpen] = useState<Profile>();
  const waiting = rows.filter(waits);
  if (waiting.length === 0) return null;
  const mayDecide = (row: Profile) => row.metadata.modified_by !== me && can(kindOf(row) === "ComputeProfile" ? "compute_profile.publish" : "service_profile.publish");
  return (
    <Section title={m.title} description={m.text}>
      <ul className="flex flex-col divide-y divide-line border-y border-line">
        {waiting.map((row) => (
          <li key={row.metadata.uid} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <Link to={studioPaths.profile(scope, kindOf(row), row.metadata.name)} className="rounded-sm font-medium break-words hover:underline">
              {rowName(row)}
            </Link>
            <Tag>{kindOf(row) === "ServiceProfile" ? ui.serviceProfile : ui.computeProfile}</Tag>
            <span className="text-12 text-muted">
              {m.askedBy(row.status.waiting?.by ?? "")} <RelativeTime at={row.status.waiting?.at ?? row.metadata.updated_at} />
            </span>
            {row.status.waiting?.note && <span className="w-full text-12 break-words text-muted sm:w-auto">{row.status.waiting.note}</span>}
            <span className="ml-auto">
              {mayDecide(row) ? (
                <Button size="small" variant="primary" onClick={() => setOpen(row)} aria-label={m.reviewOne(rowName(row))}>
                  {m.review}
                </Button>
              ) : (
                <span className="text-12 text-muted">{m.others}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {open && <PublishDialog profile={open} scope={scope} changes={undefined} onClose={() => setOpen(undefined)} />}
    </Section>
  );
}
