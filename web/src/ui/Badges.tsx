// What a profile says of itself in few words: computed by the server, shown alike on cards, the launch page and Studio's preview.
import { Gpu, ShieldCheck } from "lucide-react";
import type { Badge } from "../api/types-icons";
import { ui as m } from "../messages/en/ui";

const ICONS = { isolation: ShieldCheck, gpu_model: Gpu };

export function Badges({ badges }: { badges: Badge[] | undefined }) {
  return (badges ?? []).map((badge) => {
    const Icon = ICONS[badge.kind];
    return (
      <span key={badge.kind} title={badge.detail || m.badge[badge.kind]} className="inline-flex max-w-full min-w-0 items-center gap-1 rounded-sm border border-line px-1.5 py-px text-12 text-muted">
        <Icon size={12} aria-hidden className="shrink-0" />
        <span className="sr-only">{m.badge[badge.kind]}: </span>
        <span className="truncate">{badge.text}</span>
      </span>
    );
  });
}
