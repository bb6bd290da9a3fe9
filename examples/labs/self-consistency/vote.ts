/** 一个会出错的解题者，以及把它的多次回答合成一个的办法。没有用到语言模型：答案由随机数产生。 */

export interface Solver {
  /** 一次答对的概率。 */
  readonly right: number;
  /** 错误答案的种类数；错误平均分给每一种。1 表示错的时候总错成同一个。 */
  readonly wrongKinds: number;
}

// #region vote
/** 正确答案记作 0，错误答案记作 1、2、3……；返回一次回答。 */
export function answerOnce({ right, wrongKinds }: Solver, random: () => number): number {
  return random() < right ? 0 : 1 + Math.floor(random() * wrongKinds);
}

/** 得票最多的答案；并列时在并列者里随机取一个。 */
export function majority(answers: readonly number[], random: () => number): number {
  const votes = new Map<number, number>();
  for (const answer of answers) votes.set(answer, (votes.get(answer) ?? 0) + 1);
  const most = Math.max(...votes.values());
  const winners = [...votes].filter(([, count]) => count === most).map(([answer]) => answer);
  return winners[Math.floor(random() * winners.length)]!;
}
// #endregion vote

// #region formula
/** 只有两种答案时，n（奇数）次独立回答的多数正确的概率：超过半数答对的二项分布之和。 */
export function majorityFormula(right: number, n: number): number {
  let sum = 0;
  for (let k = (n + 1) / 2; k <= n; k++) sum += choose(n, k) * right ** k * (1 - right) ** (n - k);
  return sum;
}
// #endregion formula

export function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

/** 重复许多道题，数一数投票之后答对的比例。`difficulty` 为每道题给出解题者。 */
export function accuracy(
  difficulty: (random: () => number) => Solver,
  n: number,
  trials: number,
  random: () => number,
): number {
  let correct = 0;
  for (let trial = 0; trial < trials; trial++) {
    const solver = difficulty(random);
    const answers = Array.from({ length: n }, () => answerOnce(solver, random));
    if (majority(answers, random) === 0) correct++;
  }
  return correct / trials;
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
