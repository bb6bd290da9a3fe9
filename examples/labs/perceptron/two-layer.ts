/** A network with one hidden layer of sigmoid units, trained by back-propagation (Rumelhart, Hinton & Williams 1986). */
import type { Example } from "./boolean.ts";

/** Weights of a 2–h–1 network in one list: for each hidden unit w1, w2, bias; then the output unit's weights and bias. */
export type Weights = number[];

export function initialWeights(hidden: number, random: () => number): Weights {
  return Array.from({ length: hidden * 4 + 1 }, () => (random() - 0.5) * 2);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function forward(weights: Weights, inputs: readonly [number, number]): { hidden: number[]; output: number } {
  const units = (weights.length - 1) / 4;
  const hidden = Array.from({ length: units }, (_, i) =>
    sigmoid(weights[3 * i]! * inputs[0] + weights[3 * i + 1]! * inputs[1] + weights[3 * i + 2]!),
  );
  const sum = hidden.reduce((total, value, i) => total + weights[3 * units + i]! * value, weights.at(-1)!);
  return { hidden, output: sigmoid(sum) };
}

export function predict(weights: Weights, inputs: readonly [number, number]): number {
  return forward(weights, inputs).output;
}

/** Half the squared error, summed over the examples. */
export function loss(weights: Weights, examples: readonly Example[]): number {
  return examples.reduce((sum, e) => sum + 0.5 * (predict(weights, e.inputs) - e.target) ** 2, 0);
}

// #region backprop
/** 反向传播：输出的误差先传给输出单元，再按连接的权重分摊给每个隐藏单元。 */
export function gradient(weights: Weights, examples: readonly Example[]): number[] {
  const units = (weights.length - 1) / 4;
  const total = weights.map(() => 0);
  for (const { inputs, target } of examples) {
    const { hidden, output } = forward(weights, inputs);
    const outputError = (output - target) * output * (1 - output);
    hidden.forEach((value, i) => {
      total[3 * units + i]! += outputError * value;
      const hiddenError = outputError * weights[3 * units + i]! * value * (1 - value);
      total[3 * i]! += hiddenError * inputs[0];
      total[3 * i + 1]! += hiddenError * inputs[1];
      total[3 * i + 2]! += hiddenError;
    });
    total[total.length - 1]! += outputError;
  }
  return total;
}
// #endregion backprop

/** Plain gradient descent. Returns the weights and the number of steps until every output is within 0.1 of its target. */
export function trainNetwork(
  examples: readonly Example[],
  start: Weights,
  { rate = 2, limit = 20_000 }: { rate?: number; limit?: number } = {},
): { weights: Weights; steps: number; learned: boolean } {
  let weights = [...start];
  for (let steps = 0; steps <= limit; steps++) {
    if (examples.every((e) => Math.abs(predict(weights, e.inputs) - e.target) < 0.1))
      return { weights, steps, learned: true };
    const slope = gradient(weights, examples);
    weights = weights.map((weight, i) => weight - rate * slope[i]!);
  }
  return { weights, steps: limit, learned: false };
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
