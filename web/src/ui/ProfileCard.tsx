// What a profile looks like in the catalogue. Studio's preview shows this very component.
import type { ReactNode } from "react";
import type { Availability, CatalogueCard } from "../api/types";
import { formatMoney } from "../lib/format";
import { ui as m } from "../messages/en/ui";
import { Badges } from "./Badges";
import { DocumentationLink } from "./DocumentationLink";
import { ProfileIcon } from "./ProfileIcon";
import { SizeLine } from "./SizeLine";
import { StateBadge, Tag, type Tone } from "./StateBadge";

const AVAILABILITY: Record<Availability["state"], Tone> = { available: "running", queue: "waiting", never: "failed", no_target: "failed" };

export function availabilityWord(availability: Availability): string {
  if (availability.state === "available" && typeof availability.free === "number") return m.freeNow(availability.free);
  if (availability.state === "queue") return m.queueAhead(availability.ahead ?? 0);
  return m.availability[availability.state];
}

export function AvailabilityBadge({ availability }: { availability: Availability }) {
  return (
    <StateBadge tone={AVAILABILITY[availability.state]} title={availability.message}>
      {availabilityWord(availability)}
    </StateBadge>
  );
}

export interface ProfileCardProps {
  card: CatalogueCard;
  org: string | undefined;
  link?: (title: ReactNode) => ReactNode;
  /** Stands at the right of the title. */
  action?: ReactNode;
  heading?: "h2" | "h3" | "h4";
}

/** `link` wraps the title, so that the whole card leads where the title leads. */
export function ProfileCard({ card, org, link, action, heading: Heading = "h3" }: ProfileCardProps) {
  const kind = card.kind === "ServiceProfile" ? m.serviceProfile : m.computeProfile;
  const price = card.price_per_hour === undefined ? m.noPrice : m.perHour(formatMoney(card.price_per_hour, card.currency));
  return (
    <article className="relative flex h-full flex-col gap-3 rounded-md border border-line bg-raised p-4 transition-colors duration-100 hover:border-line-strong focus-within:border-line-strong">
      <div className="flex items-start gap-3">
        <ProfileIcon name={card.card.icon} org={org} />
        <div className="min-w-0 flex-1">
          <Heading className="font-semibold">{link ? link(card.title) : card.title}</Heading>
          <p className="text-muted">{card.description}</p>
        </div>
        {action}
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Tag>{kind}</Tag>
        {card.card.category && card.card.category.toLowerCase() !== kind.toLowerCase() && <Tag>{card.card.category}</Tag>}
        <Badges badges={card.badges} />
      </div>
      <div className="mt-auto flex flex-col gap-2">
        {card.size && (
          <p className="text-12">
            <SizeLine size={card.size} />
          </p>
        )}
        <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line pt-3">
          <span className="font-medium">{price}</span>
          <AvailabilityBadge availability={card.availability} />
        </div>
        {(card.offered_by || card.card.documentation_url) && (
          <p className="flex flex-wrap justify-between gap-x-3 text-12 text-muted">
            <span>{card.offered_by && m.offeredBy(card.offered_by)}</span>
            {/* Above the link that covers the card. */}
            <DocumentationLink url={card.card.documentation_url} about={card.title} className="relative z-10" />
          </p>
        )}
      </div>
    </article>
  );
}
