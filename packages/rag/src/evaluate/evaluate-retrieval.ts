import { RagError } from "../errors.ts";
import { ndcgAtK, type Relevance, recallAtK, reciprocalRank } from "./ranking-metrics.ts";

export interface EvaluationDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface EvaluationQuery {
  readonly id: string;
  readonly text: string;
}

/** Documents, questions, and which documents answer which question. */
export interface RetrievalDataset {
  readonly corpus: readonly EvaluationDocument[];
  readonly queries: readonly EvaluationQuery[];
  /** By query id. */
  readonly qrels: ReadonlyMap<string, Relevance>;
}

/** Means over the questions. */
export interface RetrievalScores {
  readonly queries: number;
  readonly recallAt1: number;
  readonly recallAt5: number;
  readonly recallAt10: number;
  readonly mrrAt10: number;
  readonly ndcgAt10: number;
}

export interface RetrievalReport extends RetrievalScores {
  /** The questions at even and at odd places apart: what was tuned on one half must hold on the other. */
  readonly halves: readonly [RetrievalScores, RetrievalScores];
  /** Questions left out because no document is judged relevant to them. */
  readonly unjudged: number;
  /** Milliseconds of one search. */
  readonly latencyP50: number;
  readonly latencyP95: number;
}

/** Ids of documents, best first. */
export type SearchFunction = (query: string, limit: number) => Promise<readonly string[]> | readonly string[];

const depth = 10;

/**
 * Runs every judged question of a dataset and measures recall@1, @5 and @10, MRR@10, nDCG@10 and the time of a search.
 *
 * @throws {RagError} `invalid-input` when no question has a relevant document; `aborted`
 * @example
 * const report = await evaluateRetrieval(dataset, async (query, limit) =>
 *   (await index.search({ text: query, limit })).keyword.map(({ chunk }) => chunk.documentId));
 */
export async function evaluateRetrieval(
  dataset: RetrievalDataset,
  search: SearchFunction,
  options: { signal?: AbortSignal } = {},
): Promise<RetrievalReport> {
  const judged = dataset.queries.filter(({ id }) => isJudged(dataset.qrels.get(id)));
  if (judged.length === 0) {
    throw new RagError(
      "invalid-input",
      "No question of the dataset has a relevant document; check qrels.tsv.",
    );
  }
  const rows: RetrievalScores[] = [];
  const latencies: number[] = [];
  for (const { id, text } of judged) {
    if (options.signal?.aborted) {
      throw new RagError("aborted", "The evaluation was cancelled.", { cause: options.signal.reason });
    }
    const start = performance.now();
    const ranking = await search(text, depth);
    latencies.push(performance.now() - start);
    rows.push(scoresOf(ranking, dataset.qrels.get(id)!));
  }
  return {
    ...mean(rows),
    halves: [
      mean(rows.filter((_, index) => index % 2 === 0)),
      mean(rows.filter((_, index) => index % 2 === 1)),
    ],
    unjudged: dataset.queries.length - judged.length,
    latencyP50: percentile(latencies, 0.5),
    latencyP95: percentile(latencies, 0.95),
  };
}

function scoresOf(ranking: readonly string[], relevance: Relevance): RetrievalScores {
  return {
    queries: 1,
    recallAt1: recallAtK(ranking, relevance, 1),
    recallAt5: recallAtK(ranking, relevance, 5),
    recallAt10: recallAtK(ranking, relevance, 10),
    mrrAt10: reciprocalRank(ranking, relevance, 10),
    ndcgAt10: ndcgAtK(ranking, relevance, 10),
  };
}

function mean(rows: readonly RetrievalScores[]): RetrievalScores {
  const average = (key: keyof RetrievalScores): number =>
    rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  return {
    queries: rows.length,
    recallAt1: average("recallAt1"),
    recallAt5: average("recallAt5"),
    recallAt10: average("recallAt10"),
    mrrAt10: average("mrrAt10"),
    ndcgAt10: average("ndcgAt10"),
  };
}

function isJudged(relevance: Relevance | undefined): boolean {
  return relevance !== undefined && [...relevance.values()].some((grade) => grade > 0);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
