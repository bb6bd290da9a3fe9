import type { BlockKind, Metadata } from "../document/document.ts";

/** Where a block begins in a chunk's `text`; it ends before the blank line in front of the next one. */
export interface ChunkSpan {
  readonly blockId: string;
  readonly kind: BlockKind;
  /** UTF-16 offset in the chunk's `text`. */
  readonly start: number;
}

/**
 * A run of whole blocks of one document (or of sentences, when one block alone exceeds the size): the unit that is
 * indexed and retrieved.
 */
export interface Chunk {
  /** `<documentId>@<12 hex digits of SHA-256 over block ids and text>`, with `-2`, … for a repeat. */
  readonly id: string;
  readonly documentId: string;
  /** Title of the document. */
  readonly title: string;
  readonly headingPath: readonly string[];
  /** Ids of the blocks it is made of, in document order. */
  readonly blockIds: readonly string[];
  /** What a reader sees: block texts joined by a blank line. */
  readonly text: string;
  /**
   * The blocks of `text` in order: what an answer needs to cite the right block and to keep code, tables and lists
   * whole. Without it they are inferred from the blank lines.
   */
  readonly spans?: readonly ChunkSpan[];
  /** Offsets in the document's `content`, UTF-16 code units, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Position among the document's chunks, from 0. */
  readonly ordinal: number;
  /** Tokens of `text` by the local counter. */
  readonly tokens: number;
  readonly page?: number;
  readonly url?: string;
  readonly metadata: Metadata;
}

/** The text that is indexed for a chunk: title and heading path in front, so that a chunk alone still says its topic. */
export function indexedText(chunk: Pick<Chunk, "title" | "headingPath" | "text">): string {
  return [chunk.title, ...chunk.headingPath, chunk.text].filter((part) => part !== "").join("\n");
}
