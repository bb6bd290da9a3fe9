export interface MmrOptions<T> {
  /** How many to choose. */
  readonly limit: number;
  /** 1 orders by relevance alone, 0 by difference alone. */
  readonly lambda: number;
  /** Relevance of a candidate, 0–1. */
  readonly relevance: (item: T) => number;
  /** Likeness of two candidates, 0–1, symmetric. */
  readonly similarity: (a: T, b: T) => number;
}

/**
 * Chooses candidates one by one, each time the one with the best λ · relevance − (1 − λ) · (likeness to the nearest
 * already chosen), so that five passages do not say the same thing five times.
 *
 * Source: Carbonell, Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing
 * Summaries", SIGIR 1998.
 */
export function maximalMarginalRelevance<T>(candidates: readonly T[], options: MmrOptions<T>): T[] {
  const rest = candidates.map((item) => ({ item, relevance: options.relevance(item), nearest: 0 }));
  const chosen: T[] = [];
  while (rest.length > 0 && chosen.length < options.limit) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    rest.forEach((candidate, index) => {
      const value = options.lambda * candidate.relevance - (1 - options.lambda) * candidate.nearest;
      if (value > bestValue) [best, bestValue] = [index, value];
    });
    const [picked] = rest.splice(best, 1);
    if (picked === undefined) break;
    chosen.push(picked.item);
    for (const candidate of rest)
      candidate.nearest = Math.max(candidate.nearest, options.similarity(picked.item, candidate.item));
  }
  return chosen;
}
