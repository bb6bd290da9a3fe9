/** Statistics for two versions that answered the same cases. */

export interface Flips {
  /** 旧版错、新版对。 */
  readonly fixed: number;
  /** 旧版对、新版错：退步。 */
  readonly broken: number;
}

export function countFlips(before: readonly boolean[], after: readonly boolean[]): Flips {
  if (before.length !== after.length) throw new Error(`用例数不同：${before.length} 与 ${after.length}。`);
  let fixed = 0;
  let broken = 0;
  for (const [i, right] of before.entries()) {
    if (!right && after[i]) fixed++;
    if (right && !after[i]) broken++;
  }
  return { fixed, broken };
}

// #region mcnemar
/** 精确的 McNemar 检验：若两版一样好，每个翻转朝哪边都是一半机会。返回双侧 p 值。 */
export function exactMcNemar({ fixed, broken }: Flips): number {
  const n = fixed + broken;
  let tail = 0;
  for (let k = 0; k <= Math.min(fixed, broken); k++) tail += choose(n, k) / 2 ** n;
  return Math.min(1, 2 * tail);
}
// #endregion mcnemar

// #region power
/** 新版真的修好 `fix`、弄坏 `harm` 比例的题时，用 `cases` 道题能以 p < 0.05 看出来的概率（模拟）。 */
export function power(
  fix: number,
  harm: number,
  cases: number,
  trials: number,
  random: () => number,
): number {
  let seen = 0;
  for (let trial = 0; trial < trials; trial++) {
    let fixed = 0;
    let broken = 0;
    for (let i = 0; i < cases; i++) {
      const draw = random();
      if (draw < fix) fixed++;
      else if (draw < fix + harm) broken++;
    }
    if (fixed > broken && exactMcNemar({ fixed, broken }) < 0.05) seen++;
  }
  return seen / trials;
}
// #endregion power

/** 正确率的 95% Wilson 区间。 */
export function wilson(right: number, total: number): readonly [low: number, high: number] {
  const z = 1.96;
  const p = right / total;
  const middle = (p + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half = (z / (1 + z ** 2 / total)) * Math.sqrt((p * (1 - p)) / total + z ** 2 / (4 * total ** 2));
  return [middle - half, middle + half];
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

/** Uniform numbers in [0, 1) that are the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
