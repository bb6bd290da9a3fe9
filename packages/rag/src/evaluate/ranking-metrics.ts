/** A judged question's relevant ids with their grades; 1 where relevance is yes or no. */
export type Relevance = ReadonlyMap<string, number>;

/**
 * Share of the relevant ids that stand among the first `k` of a ranking.
 *
 * @example recallAtK(["b", "a", "c"], new Map([["a", 1], ["d", 1]]), 2) // 0.5
 */
export function recallAtK(ranking: readonly string[], relevance: Relevance, k: number): number {
  const relevant = relevantCount(relevance);
  if (relevant === 0) return 0;
  const found = new Set(ranking.slice(0, k).filter((id) => gradeOf(relevance, id) > 0));
  return found.size / relevant;
}

/** 1 ÷ rank of the first relevant id among the first `k`, 0 when there is none. The mean over questions is MRR@k. */
export function reciprocalRank(ranking: readonly string[], relevance: Relevance, k: number): number {
  const index = ranking.slice(0, k).findIndex((id) => gradeOf(relevance, id) > 0);
  return index < 0 ? 0 : 1 / (index + 1);
}

/**
 * Normalised discounted cumulative gain over the first `k`: Σ (2^grade − 1) ÷ log2(rank + 1), divided by that of the
 * best ranking there could be (Järvelin & Kekäläinen, TOIS 2002; the exponential gain of Burges et al., ICML 2005).
 */
export function ndcgAtK(ranking: readonly string[], relevance: Relevance, k: number): number {
  const seen = new Set<string>();
  const gains = ranking.slice(0, k).map((id) => {
    const grade = seen.has(id) ? 0 : gradeOf(relevance, id);
    seen.add(id);
    return grade;
  });
  const ideal = [...relevance.values()].sort((one, other) => other - one).slice(0, k);
  const best = discountedGain(ideal);
  return best === 0 ? 0 : discountedGain(gains) / best;
}

function discountedGain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}

function gradeOf(relevance: Relevance, id: string): number {
  return Math.max(0, relevance.get(id) ?? 0);
}

function relevantCount(relevance: Relevance): number {
  return [...relevance.values()].filter((grade) => grade > 0).length;
}
