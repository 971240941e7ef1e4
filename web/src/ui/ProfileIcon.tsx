// A profile's drawing on a square: a shipped one in the text's colour on a tint, an uploaded one in its own colours on white; a
// plain shape while there is none.
import { Box } from "lucide-react";
import { useState } from "react";
import { apiUrl } from "../api/client";
import { itemPath } from "../api/kinds";
import { cx } from "./cx";

/** What stands before the name of an icon that the organization uploaded. */
export const UPLOADED = "org:";

export interface ProfileIconProps {
  name?: string | undefined;
  /** Whose uploaded icons count. */
  org?: string | undefined;
  size?: 24 | 40;
}

export function ProfileIcon({ name, org, size = 40 }: ProfileIconProps) {
  const [broken, setBroken] = useState<string>();
  const box = cx("flex shrink-0 items-center justify-center rounded-md", size === 40 ? "size-10" : "size-6");
  const tinted = cx(box, "bg-accent-soft text-accent-ink");
  const inner = size === 40 ? 24 : 16;
  const uploaded = name?.startsWith(UPLOADED) ? name.slice(UPLOADED.length) : undefined;
  const key = `${org ?? ""}/${name ?? ""}`;
  if (!name || broken === key || (uploaded !== undefined && !org))
    return (
      <span className={tinted} aria-hidden>
        <Box size={inner - 4} />
      </span>
    );
  if (uploaded !== undefined) {
    const url = apiUrl(`${itemPath("Icon", { ...(org ? { org } : {}) }, uploaded)}/image`);
    return <UploadedPicture url={url} size={size} onError={() => setBroken(key)} />;
  }
  const url = apiUrl(`/icons/${encodeURIComponent(name)}.svg`);
  return (
    <span className={tinted} aria-hidden>
      {/* The drawing is a mask over the text colour, so that it fits both themes; the unseen image tells when it is missing. */}
      <img src={url} alt="" className="hidden" onError={() => setBroken(key)} />
      <span className="bg-current" style={{ width: inner, height: inner, mask: `url("${url}") center / contain no-repeat` }} />
    </span>
  );
}

/** Somebody's own colours are made for paper: the square is white in both themes. As an image nothing in it can run or load. */
export function UploadedPicture({ url, size = 40, onError }: { url: string; size?: 24 | 40 | 64; onError?: () => void }) {
  const box = { 24: "size-6", 40: "size-10", 64: "size-16" }[size];
  return (
    <span className={cx("flex shrink-0 items-center justify-center overflow-hidden rounded-md border border-line bg-paper", box)} aria-hidden>
      <img src={url} alt="" className={size === 24 ? "size-5 object-contain" : size === 40 ? "size-8 object-contain" : "size-14 object-contain"} onError={onError} />
    </span>
  );
}
