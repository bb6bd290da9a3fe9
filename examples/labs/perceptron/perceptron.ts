/** Rosenblatt's perceptron (1958) with two inputs: a weighted sum, a threshold, and a rule for correcting mistakes. */
import type { Example } from "./boolean.ts";

export interface Training {
  /** [w1, w2, bias] after the last pass. */
  readonly weights: readonly [number, number, number];
  /** Passes over the four examples. */
  readonly epochs: number;
  /** Wrong answers in each pass. */
  readonly mistakes: readonly number[];
  /** `learned`: a pass without mistakes. `cycle`: the weights came back to an earlier state, so it can never end. */
  readonly outcome: "learned" | "cycle";
}

// #region perceptron
/** 加权求和，大于 0 就输出 1。 */
export function output(weights: readonly number[], inputs: readonly [number, number]): 0 | 1 {
  const [w1 = 0, w2 = 0, bias = 0] = weights;
  return w1 * inputs[0] + w2 * inputs[1] + bias > 0 ? 1 : 0;
}

/** 感知机学习规则：答错一题，就把权重往正确的方向推一步；答对了不动。 */
export function train(examples: readonly Example[]): Training {
  let weights: [number, number, number] = [0, 0, 0];
  const seen = new Set<string>();
  const mistakes: number[] = [];
  for (;;) {
    let wrong = 0;
    for (const { inputs, target } of examples) {
      const error = target - output(weights, inputs);
      if (error !== 0) wrong += 1;
      weights = [weights[0] + error * inputs[0], weights[1] + error * inputs[1], weights[2] + error];
    }
    mistakes.push(wrong);
    if (wrong === 0) return { weights, epochs: mistakes.length, mistakes, outcome: "learned" };
    // 权重都是整数，一轮的结果只由轮首的权重决定：权重重复出现，就永远重复下去。
    if (seen.has(weights.join())) return { weights, epochs: mistakes.length, mistakes, outcome: "cycle" };
    seen.add(weights.join());
  }
}
// #endregion perceptron

/** The most examples that any straight line gets right, over a grid of weights from −range to range. */
export function bestLine(examples: readonly Example[], range = 4, step = 0.5): number {
  let best = 0;
  for (let w1 = -range; w1 <= range; w1 += step)
    for (let w2 = -range; w2 <= range; w2 += step)
      for (let bias = -range; bias <= range; bias += step) {
        const right = examples.filter((e) => output([w1, w2, bias], e.inputs) === e.target).length;
        best = Math.max(best, right);
      }
  return best;
}
