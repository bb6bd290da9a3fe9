/**
 * Probability that of a random pair the positive has the higher score, ties counted half; 0.5 where a list is empty.
 * By ranks (Mann–Whitney), n log n.
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  if (positives.length === 0 || negatives.length === 0) return 0.5;
  const below = [...negatives].sort((a, b) => a - b);
  const countUnder = (score: number, inclusive: boolean): number => {
    let [low, high] = [0, below.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = below[middle] ?? 0;
      if (value < score || (inclusive && value === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = positives.reduce((sum, score) => sum + countUnder(score, false) + countUnder(score, true), 0);
  return wins / 2 / (positives.length * negatives.length);
}
