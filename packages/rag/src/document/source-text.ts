import type { Metadata } from "./document.ts";

/** What every text parser takes. */
export interface SourceText {
  /** Stable id of the document: a section id or a path. Also names it in errors. */
  readonly id: string;
  readonly content: string;
  /** Overrides the title found in the text. */
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  /** Goes over what front matter says. */
  readonly metadata?: Metadata | undefined;
}
