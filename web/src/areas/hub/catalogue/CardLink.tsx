// The title of a card as the link that covers the whole card.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CatalogueCard, Scope } from "../../../api/types";
import { paths } from "../../../lib/paths";
import { ProfileCard } from "../../../ui/ProfileCard";
import { launchSearch } from "./cards";

export function LinkedCard({ card, scope, workspace, heading }: { card: CatalogueCard; scope: Scope; workspace?: string | undefined; heading?: "h2" | "h3" }) {
  const link = (title: ReactNode) => (
    <Link
      to={paths.launch(scope, card.kind, card.name)}
      search={launchSearch(card, scope.project, workspace)}
      className="rounded-sm after:absolute after:inset-0 after:rounded-md"
    >
      {title}
    </Link>
  );
  return <ProfileCard card={card} link={link} {...(heading ? { heading } : {})} />;
}
