/**
 * A set of problems whose chance of being solved by one sample is spread over a Beta distribution: a few are easy, many
 * nearly impossible. The two published numbers of Codex (28.8 % with one sample, 70.2 % with 100) fix its shape.
 */

// #region difficulty
/** 题目的通过率服从 Beta(a, b) 时，采样 k 次至少一次通过的题目占多大比例。 */
export function solvedShare(a: number, b: number, k: number): number {
  let allFail = 1; // E[(1 − p)^k] = Π (b + i) ÷ (a + b + i)
  for (let i = 0; i < k; i++) allFail *= (b + i) / (a + b + i);
  return 1 - allFail;
}

/** 所有题目同样难、通过率都是 p 时的比例。 */
export function solvedShareIfEqual(p: number, k: number): number {
  return 1 - (1 - p) ** k;
}
// #endregion difficulty

/** The Beta distribution with the given mean under which `k` samples solve `share` of the problems, by bisection. */
export function fitDifficulty(mean: number, k: number, share: number): { a: number; b: number } {
  let low = 1e-4;
  let high = 100;
  for (let i = 0; i < 200; i++) {
    const a = Math.sqrt(low * high);
    if (solvedShare(a, (a * (1 - mean)) / mean, k) < share) low = a;
    else high = a;
  }
  return { a: low, b: (low * (1 - mean)) / mean };
}
