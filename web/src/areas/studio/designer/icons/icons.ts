// What is asked of the server about uploaded icons.
import { useAll } from "../../../../api/all";
import { request } from "../../../../api/client";
import { itemPath } from "../../../../api/kinds";
import { slug } from "../../../../lib/name";
import type { IconSpec, StoredIcon } from "../../../../api/types-icons";

export function useIcons(org: string) {
  return useAll("Icon", { org }, { sort: "name" }, { enabled: org !== "" });
}

/** The picture as an address that needs no further request. As an image nothing in it can run or load. */
export function pictureOf(spec: IconSpec): string {
  return spec.png ? `data:image/png;base64,${spec.png}` : `data:image/svg+xml,${encodeURIComponent(spec.svg ?? "")}`;
}

/** Sends a picture. A rehearsal keeps nothing and says what would be kept. */
export function sendPicture(org: string, name: string, file: File, rehearsal: boolean): Promise<StoredIcon> {
  return request<StoredIcon>("PUT", `${itemPath("Icon", { org }, name)}/image`, { rawBody: file, contentType: file.type || "application/octet-stream", ...(rehearsal ? { query: { dry_run: true } } : {}) });
}

/** A name for an icon after the name of its file: `My Logo (2).SVG` → `my-logo-2`. */
export const nameAfter = (file: string): string => slug(file.replace(/\.[^.]*$/, "")) || "icon";
