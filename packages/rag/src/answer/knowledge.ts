/** A term of the field the documents are about: goes in front of the lexicon and steers retrieval and answers. */
export interface GlossaryTerm {
  readonly zh: string;
  readonly en?: string;
  readonly aliases: readonly string[];
  readonly definition: string;
  /** Document where the term is explained. */
  readonly documentId?: string;
}

/** A question that the documents' author wrote, with the blocks that answer it. */
export interface BankQuestion {
  readonly id: string;
  readonly documentId: string;
  readonly ask: string;
  readonly variants: readonly string[];
  /** What a full answer holds; `quote` is the verbatim evidence in block `blockId`. */
  readonly points: readonly { readonly say: string; readonly blockId: string; readonly quote: string }[];
}

/** A part, chapter or section of the documents, in reading order. What questions about the documents are answered from. */
export interface OutlineEntry {
  readonly kind: "part" | "chapter" | "section";
  /** As readers write it: `1`, `1.3`. */
  readonly number?: string;
  readonly title: string;
  /** One sentence on what it teaches. */
  readonly summary?: string;
  /** The document that holds it; it is linked once that is indexed. */
  readonly documentId?: string;
  readonly children?: readonly OutlineEntry[];
}

/** What an author knows about the documents beyond their text. All of it is optional. */
export interface Knowledge {
  readonly glossary?: readonly GlossaryTerm[];
  readonly questions?: readonly BankQuestion[];
  /** Parts, chapters and sections; without it the titles of the indexed documents serve. */
  readonly outline?: readonly OutlineEntry[];
}
