// #region metrics
/** 前 k 个结果里，找回了多大比例的相关文档。 */
export function recallAt(ranking: readonly string[], relevant: ReadonlySet<string>, k: number): number {
  return ranking.slice(0, k).filter((id) => relevant.has(id)).length / relevant.size;
}

/** 第一个相关文档排在第 r 名，得 1 ÷ r；前 k 名里没有，得 0。对所有问题求平均就是 MRR。 */
export function reciprocalRankAt(
  ranking: readonly string[],
  relevant: ReadonlySet<string>,
  k: number,
): number {
  const first = ranking.slice(0, k).findIndex((id) => relevant.has(id));
  return first < 0 ? 0 : 1 / (first + 1);
}

/** 每个相关文档按名次打折，除以最理想的排法的得分。 */
export function ndcgAt(ranking: readonly string[], relevant: ReadonlySet<string>, k: number): number {
  const discount = (place: number) => 1 / Math.log2(place + 2);
  const gained = ranking.slice(0, k).reduce((sum, id, i) => sum + (relevant.has(id) ? discount(i) : 0), 0);
  const ideal = Array.from({ length: Math.min(k, relevant.size) }, (_, i) => discount(i));
  return gained / ideal.reduce((sum, value) => sum + value, 0);
}
// #endregion metrics
