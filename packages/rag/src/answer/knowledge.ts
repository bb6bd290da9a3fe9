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

/** What an author knows about the documents beyond their text. All of it is optional. */
export interface Knowledge {
  readonly glossary?: readonly GlossaryTerm[];
  readonly questions?: readonly BankQuestion[];
}
