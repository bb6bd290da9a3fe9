/** What a block is. `quote` is a block quotation; `html` is raw HTML kept as text and never rendered. */
export type BlockKind =
  | "heading"
  | "paragraph"
  | "list"
  | "table"
  | "code"
  | "formula"
  | "quote"
  | "figure"
  | "html";

/**
 * The smallest unit that a citation can point at: a paragraph, a list, a table, a code block, a formula.
 */
export interface Block {
  /**
   * `<documentId>#<hash>`: eight hex digits of SHA-256 over the normalised text. A text that occurs again in the
   * same document gets `-2`, `-3`, … So an edit elsewhere in the document leaves the id as it is.
   */
  readonly id: string;
  readonly kind: BlockKind;
  /** Headings above the block, outermost first, without the document's title. */
  readonly headingPath: readonly string[];
  /** Plain text of the block as a reader sees it (Markdown marks removed; code and formulas verbatim). */
  readonly text: string;
  /** Offsets of the block in the document's `content`, in UTF-16 code units: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Page of the source, from 1, where the format has pages (PDF). */
  readonly page?: number;
  /** Language of a code block; depth 1–6 of a heading. */
  readonly language?: string;
  readonly depth?: number;
}

/** Values that a filter can test. */
export type MetadataValue = string | number | boolean | readonly string[];
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** A document after parsing: what every later stage works on. */
export interface ParsedDocument {
  /** Chosen by the caller and stable over edits: a section id (`"1.3"`) or a path relative to the folder. */
  readonly id: string;
  readonly title: string;
  /** The source text that offsets refer to; for PDF and DOCX the extracted text. */
  readonly content: string;
  readonly blocks: readonly Block[];
  readonly metadata: Metadata;
  /** Where a reader opens the document; a block's address is `url + "#" + block anchor`. */
  readonly url?: string;
  /** SHA-256 of everything above that retrieval depends on; two equal hashes mean nothing to do. */
  readonly hash: string;
}

/** The part of a block id that may stand in a URL fragment or an HTML id: `b-<hash>[-n]`. */
export function blockAnchor(blockId: string): string {
  return `b-${blockId.slice(blockId.lastIndexOf("#") + 1)}`;
}

/** Address that opens a document at a block. */
export function blockUrl(documentUrl: string, blockId: string): string {
  return `${documentUrl}#${blockAnchor(blockId)}`;
}
