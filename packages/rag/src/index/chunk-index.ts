import type { SufficiencyThresholds } from "../answer/thresholds.ts";
import type { Chunk } from "../chunk/chunk.ts";
import type { Filter } from "./filter.ts";

/** All chunks of one document, replacing whatever the index held of it. `vectors[i]` belongs to `chunks[i]`. */
export interface DocumentChange {
  readonly documentId: string;
  /** Hash of the parsed document; the next ingest compares it to know what is unchanged. */
  readonly hash: string;
  readonly chunks: readonly Chunk[];
  readonly vectors?: readonly Float32Array[];
}

/** Applied as one transaction: a reader sees all of it or nothing. */
export interface IndexChanges {
  readonly put?: readonly DocumentChange[];
  readonly remove?: readonly string[];
}

export interface SearchRequest {
  /** Text for the keyword side. */
  readonly text?: string;
  /** Query vector for the vector side. At least one of the three must be given. */
  readonly vector?: Float32Array;
  /** Text for the vector side of an index that embeds questions itself (`embedsText`); others take no notice of it. */
  readonly vectorText?: string;
  /** Search for the words as they are written, without translating them: whether documents use a word, not what it means. */
  readonly asWritten?: boolean;
  readonly filter?: Filter;
  /** How many hits a side may return. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface SearchHit {
  readonly chunk: Chunk;
  /** BM25 (with the sentence stage) on the keyword side; cosine similarity on the vector side. Higher is better. */
  readonly score: number;
}

/** A term of the analysed question with its weight, as the keyword side used it. */
export interface QueryTerm {
  /** `char` one Han character, `bigram` two adjacent ones, `word` a stemmed Latin word or a number. */
  readonly field: "char" | "bigram" | "word";
  readonly term: string;
  /** Field weight × question-word weight; 0 for a pure question word. */
  readonly weight: number;
  /** ln(1 + (N − n + 0.5) / (n + 0.5)) over the corpus; a term that is nowhere has n = 0. */
  readonly idf: number;
}

/** The two sides are given back apart; fusing them is the business of retrieve/. */
export interface SearchResult {
  readonly keyword: readonly SearchHit[];
  readonly vector: readonly SearchHit[];
  /**
   * Top keyword score before the sentence stage ÷ the best that the query could score (RETRIEVAL recipe: Σ w·qtf·idf·1.9,
   * absent terms counted at document frequency 0); 0 where nothing matched. What sufficiency is judged by.
   */
  readonly coverage: number;
  /** True when the best text is of another language than the query and was reached by translating it. */
  readonly translated: boolean;
  /** The analysed question; `[]` when the request had no text. */
  readonly terms: readonly QueryTerm[];
}

export interface IndexStats {
  readonly documents: number;
  readonly chunks: number;
  /** Dimensions of stored vectors; 0 when there are none. */
  readonly dimensions: number;
  /** How vectors are searched now. */
  readonly vectorSearch: "none" | "exact" | "hnsw" | "external";
  /** Why vectors are not searched as they were asked to be, e.g. that an optional package is missing. */
  readonly vectorNote?: string;
  readonly bytes: number;
  /** Increases by one with every committed change. */
  readonly revision: number;
}

/**
 * Where chunks are kept and searched. Implementations: `MemoryIndex` (browser and tests), `LocalIndex` (a folder) and
 * `PostgresIndex` (a database); `withVectorStore` puts the vectors of any of them into a LangChain store.
 * One contract test (`tests/chunk-index.contract.ts`) is run against each.
 */
export interface ChunkIndex {
  /** True when the vector side embeds for itself: chunks without vectors, and a search's `vectorText`. */
  readonly embedsText?: boolean;
  /** Commits the changes durably before it resolves. */
  apply(changes: IndexChanges, options?: { signal?: AbortSignal }): Promise<void>;
  search(request: SearchRequest): Promise<SearchResult>;
  /** Chunks by id, in the order asked for; unknown ids are left out. */
  get(chunkIds: readonly string[]): Promise<Chunk[]>;
  /** All chunks of a document in order; `[]` when it is unknown. */
  chunksOf(documentId: string): Promise<Chunk[]>;
  /** Hash of every document held: what ingest compares against. */
  documents(): Promise<ReadonlyMap<string, string>>;
  stats(): Promise<IndexStats>;
  /** Called before an ingest, so that an index can find out what it has lost and `documents()` leave it to be done again. */
  verify?(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * What was fitted to these documents to tell covered from not covered; `null` when nothing was. Kept through every
   * `apply`. Asked for with every question, so an implementation answers from what it has of the revision it serves.
   */
  thresholds(): Promise<SufficiencyThresholds | null>;
  /**
   * Commits thresholds with the index, durably and as a revision of their own; `null` takes them away.
   *
   * @throws RagError `invalid-input` for a value that `checkThresholds` refuses, or where the index is open for reading
   */
  setThresholds(thresholds: SufficiencyThresholds | null): Promise<void>;
  close(): Promise<void>;
}
