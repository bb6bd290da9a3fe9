// #region pass-at-k
/**
 * pass@k 的无偏估计：采样 n 次，其中 c 次通过测试；从这 n 个里任取 k 个，至少有一个通过的概率。
 * 等于 1 − C(n − c, k) ÷ C(n, k)，写成连乘，避免很大的组合数。
 */
export function passAtK(n: number, c: number, k: number): number {
  if (!(0 <= c && c <= n && 1 <= k && k <= n))
    throw new RangeError(`要求 0 ≤ c ≤ n、1 ≤ k ≤ n：n=${n} c=${c} k=${k}`);
  if (n - c < k) return 1;
  let allFail = 1;
  for (let i = n - c + 1; i <= n; i++) allFail *= 1 - k / i;
  return 1 - allFail;
}

/** 直接把 c / n 当作真实的通过率代入：平均起来偏低。 */
export function naivePassAtK(n: number, c: number, k: number): number {
  return 1 - (1 - c / n) ** k;
}
// #endregion pass-at-k

/** pass@k by listing every choice of k samples: the independent check, for small n. */
export function passAtKByListing(results: readonly boolean[], k: number): number {
  let choices = 0;
  let passed = 0;
  for (let mask = 0; mask < 2 ** results.length; mask++) {
    const chosen = results.filter((_, i) => Math.floor(mask / 2 ** i) % 2 === 1);
    if (chosen.length !== k) continue;
    choices++;
    if (chosen.some(Boolean)) passed++;
  }
  return passed / choices;
}

/** Mean of an estimator over all outcomes of n samples that each pass with probability p. */
export function meanEstimate(
  estimate: (n: number, c: number, k: number) => number,
  n: number,
  p: number,
  k: number,
): number {
  let chance = (1 - p) ** n;
  let mean = 0;
  for (let c = 0; c <= n; c++) {
    mean += chance * estimate(n, c, k);
    chance *= ((n - c) / (c + 1)) * (p / (1 - p));
  }
  return mean;
}
