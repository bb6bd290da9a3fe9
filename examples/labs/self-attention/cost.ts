// #region cost
/** 一层里的乘法次数（n 个 token，每个向量 d 维，前馈网络的中间层 4d 维）。 */
export function layerMultiplications(
  n: number,
  d: number,
): { projections: number; pairs: number; feedForward: number } {
  return {
    projections: 4 * n * d * d, // 算 q、k、v 和最后的输出：每个 token 做四次 d × d
    pairs: 2 * n * n * d, // 每一对 token：算一个分数要 d 次，加权求和又要 d 次
    feedForward: 8 * n * d * d, // d → 4d → d
  };
}

/** 成对的那一部分占全层的比例；分子分母约去 2nd，得 n / (6d + n)。 */
export function pairShare(n: number, d: number): number {
  return n / (6 * d + n);
}
// #endregion cost

/** Sequential steps before the last of n tokens has met the first: a recurrent net against one attention layer. */
export function sequentialSteps(n: number): { recurrent: number; attention: number } {
  return { recurrent: n - 1, attention: 1 };
}
