// An organization's own icons, and the few words a card says about a profile.
import type { NoStatus, Obj } from "./types";

/** Either of them: an SVG as it is, or a PNG in Base64. */
export interface IconSpec {
  svg?: string;
  png?: string;
}
export type Icon = Obj<IconSpec, NoStatus>;

/** What uploading a picture answers. */
export interface StoredIcon {
  icon: Icon;
  /** What was left out of the file, in words. */
  left_out: string[];
}

export interface Badge {
  kind: "isolation" | "gpu_model";
  text: string;
  /** The whole sentence, where the words are only its beginning. */
  detail?: string;
}
