// What an editor may be told about the text in it. Plain functions of text and position: nothing here knows CodeMirror.
export interface Suggestion {
  label: string;
  /** Stands behind the label. */
  detail: string;
  /** A sentence shown beside the list. */
  info: string;
  insert: string;
  /** Before the others. */
  first?: boolean;
}

export interface Assist {
  complete: (text: string, at: number) => { from: number; options: Suggestion[] } | undefined;
  /** What the word at a position means. */
  explain: (text: string, at: number) => { from: number; to: number; title: string; text: string } | undefined;
}
