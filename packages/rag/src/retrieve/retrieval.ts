import type { BankQuestion } from "../answer/knowledge.ts";
import type { Chunk } from "../chunk/chunk.ts";
import type { QueryTerm } from "../index/chunk-index.ts";
import type { Acquaintance } from "./acquaintance.ts";
import type { Passage } from "./passage.ts";
import type { UnderstoodQuestion } from "./question.ts";

/** A question of the author's bank that asks the same as the learner. */
export interface BankMatch {
  readonly question: BankQuestion;
  /** The wording that matched best: `ask` or one of `variants`. */
  readonly wording: string;
  /** 0–1; 1 is the same wording. */
  readonly similarity: number;
}

/** A model or a store that failed and was done without. */
export interface RetrievalProblem {
  readonly stage: "rewrite" | "queries" | "embeddings" | "vector-store" | "rerank";
  readonly message: string;
}

/** What retrieval hands to the answer: the passages and everything sufficiency is judged by. */
export interface Retrieval {
  readonly understood: UnderstoodQuestion;
  /** Other wordings that were searched for besides the question. */
  readonly queries: readonly string[];
  /** Best first; with `expand` they reach beyond the chunks that were found. */
  readonly passages: readonly Passage[];
  /** `context[i]` is what `passages[i]` was made from, and what a model answers from. */
  readonly context: readonly Chunk[];
  /** The chunks that were found, best first; the same as `context` without `expand`. */
  readonly chunks: readonly Chunk[];
  /** Fused score of `chunks[i]`. */
  readonly scores: readonly number[];
  /** Share of the best possible keyword score that the top passage reached, 0–1 (see `SearchResult.coverage`). */
  readonly coverage: number;
  /** Share of the question's weight in words that the documents never use, 0–1; question words aside. */
  readonly absent: number;
  /** What the documents know of the question's content words. */
  readonly acquaintance: Acquaintance;
  /** Cosine similarity of the best passage on the vector side; `null` without embeddings. */
  readonly similarity: number | null;
  /** True when the question reached text of another language through the lexicon. */
  readonly translated: boolean;
  /** The analysed question. */
  readonly terms: readonly QueryTerm[];
  /** The bank question that asks the same; its evidence then comes first among the passages. */
  readonly bank: BankMatch | null;
  readonly problems: readonly RetrievalProblem[];
}
