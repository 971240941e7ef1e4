// The title of a card as the link that covers the whole card, and the star above it.
import { Link } from "@tanstack/react-router";
import { Star } from "lucide-react";
import type { ReactNode } from "react";
import type { CatalogueCard, Scope } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { hub } from "../../../messages/en/hub";
import { IconButton } from "../../../ui/Button";
import { ProfileCard } from "../../../ui/ProfileCard";
import { useRemembered } from "../remembered";
import { launchSearch } from "./cards";

export function LinkedCard({ card, scope, workspace, heading }: { card: CatalogueCard; scope: Scope; workspace?: string | undefined; heading?: "h2" | "h3" }) {
  const remembered = useRemembered(scope);
  const favourite = remembered.isFavourite(card);
  const link = (title: ReactNode) => (
    <Link
      to={paths.launch(scope, card.kind, card.name)}
      search={launchSearch(card, scope.project, workspace)}
      className="rounded-sm after:absolute after:inset-0 after:rounded-md"
    >
      {title}
    </Link>
  );
  const star = (
    // Above the link that covers the card.
    <span className="relative z-10 -mt-1 -mr-1">
      <IconButton size="small" label={favourite ? hub.catalogue.unmark(card.title) : hub.catalogue.mark(card.title)} aria-pressed={favourite} onClick={() => remembered.toggle(card)}>
        <Star size={16} aria-hidden className={favourite ? "fill-current text-accent" : "text-muted"} />
      </IconButton>
    </span>
  );
  return <ProfileCard card={card} org={scope.org} link={link} action={star} {...(heading ? { heading } : {})} />;
}
