export interface Scored {
  readonly id: string;
  readonly score: number;
}

// #region rrf
/** 倒数排名融合：每个列表里排第 r 的得 1 ÷ (k + r)，相加后重新排序。只看名次，不看分数。 */
export function fuseByRank(lists: readonly (readonly Scored[])[], k = 60): Scored[] {
  const total = new Map<string, number>();
  for (const list of lists) {
    list.forEach(({ id }, i) => {
      total.set(id, (total.get(id) ?? 0) + 1 / (k + i + 1));
    });
  }
  return sorted(total);
}
// #endregion rrf

// #region weighted
/** 加权融合：每个列表先按最高分和最低分缩放到 0 到 1，再按权重相加。保留了分数之间的差距。 */
export function fuseByScore(lists: readonly { hits: readonly Scored[]; weight: number }[]): Scored[] {
  const total = new Map<string, number>();
  for (const { hits, weight } of lists) {
    const scores = hits.map(({ score }) => score);
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    for (const { id, score } of hits) {
      const scaled = high > low ? (score - low) / (high - low) : 1;
      total.set(id, (total.get(id) ?? 0) + weight * scaled);
    }
  }
  return sorted(total);
}
// #endregion weighted

function sorted(total: ReadonlyMap<string, number>): Scored[] {
  return [...total].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
