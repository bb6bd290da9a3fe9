import { isGoal, moves, type State, solvable } from "./game24.ts";

export interface Found {
  readonly solution: State | null;
  /** 给部分解打了多少次分：在真实系统里每一次都是一次模型调用。 */
  readonly evaluations: number;
}

/** 会看走眼的评估者：以 `slip` 的概率把「有希望」和「没希望」说反。 */
export function noisyEvaluator(slip: number, random: () => number): (state: State) => number {
  return (state) => {
    const promising = solvable(state) !== random() < slip;
    return promising ? 1 : 0;
  };
}

// #region chain
/** 一条链：每一步随便选一个下一步，不回头。 */
export function chain(from: State, random: () => number): State {
  let state = from;
  while (state.numbers.length > 1) {
    const next = moves(state);
    state = next[Math.floor(random() * next.length)]!;
  }
  return state;
}
// #endregion chain

// #region beam
/** 思维树的宽度优先搜索：展开每个部分解，给所有下一步打分，只留分数最高的 `width` 个。 */
export function beamSearch(
  from: State,
  width: number,
  evaluate: (state: State) => number,
  random: () => number,
): Found {
  let frontier: State[] = [from];
  let evaluations = 0;
  while (frontier[0] !== undefined && frontier[0].numbers.length > 2) {
    const scored = frontier.flatMap(moves).map((state) => {
      evaluations++;
      return { state, score: evaluate(state), tie: random() };
    });
    scored.sort((a, b) => b.score - a.score || a.tie - b.tie);
    frontier = scored.slice(0, width).map(({ state }) => state);
  }
  // 只剩两个数时，最后一步可以直接验算，不需要评估者。
  const solution = frontier.flatMap(moves).find(isGoal) ?? null;
  return { solution, evaluations };
}
// #endregion beam

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
