import type { Metadata } from "./document.ts";

/** What every parser of a binary format takes. */
export interface SourceBytes {
  /** Stable id of the document, usually its path. Also names it in errors. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Overrides the title found in the file. */
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly signal?: AbortSignal | undefined;
}
