// A profile's own line drawing on a tinted square; a plain shape while there is none.
import { Box } from "lucide-react";
import { useState } from "react";
import { apiUrl } from "../api/client";
import { cx } from "./cx";

export function ProfileIcon({ name, size = 40 }: { name?: string | undefined; size?: 24 | 40 }) {
  const [broken, setBroken] = useState<string>();
  const box = cx("flex shrink-0 items-center justify-center rounded-md bg-accent-soft text-accent-ink", size === 40 ? "size-10" : "size-6");
  const inner = size === 40 ? 24 : 16;
  if (!name || broken === name)
    return (
      <span className={box} aria-hidden>
        <Box size={inner - 4} />
      </span>
    );
  const url = apiUrl(`/icons/${encodeURIComponent(name)}.svg`);
  return (
    <span className={box} aria-hidden>
      {/* The drawing is a mask over the text colour, so that it fits both themes; the unseen image tells when it is missing. */}
      <img src={url} alt="" className="hidden" onError={() => setBroken(name)} />
      <span className="bg-current" style={{ width: inner, height: inner, mask: `url("${url}") center / contain no-repeat` }} />
    </span>
  );
}
