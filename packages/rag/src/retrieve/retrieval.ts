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

/** A model that failed and was done without. */
export interface RetrievalProblem {
  readonly stage: "embeddings" | "rerank";
  readonly message: string;
}

/** What retrieval hands to the answer: the passages and everything sufficiency is judged by. */
export interface Retrieval {
  readonly understood: UnderstoodQuestion;
  /** Best first. */
  readonly passages: readonly Passage[];
  /** `chunks[i]` is what `passages[i]` was made from. */
  readonly chunks: readonly Chunk[];
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
